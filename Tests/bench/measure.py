"""What a run costs: wall seconds, CPU seconds, and the memory of its largest process."""
import os, signal, statistics, subprocess, tempfile, time

TICK = os.sysconf("SC_CLK_TCK")

class Cost:
    def __init__(self, wall=0.0, cpu=0.0, peak=0):
        self.wall, self.cpu, self.peak = wall, cpu, peak

    def __add__(self, other):
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak))

def median(costs):
    return Cost(*(statistics.median(getattr(c, f) for c in costs) for f in ("wall", "cpu", "peak")))

class Failed(Exception):
    pass

def run(argv, env=None, stdin=None, log=None, daemon=None, cwd=None):
    """Runs a command. With the process ID of a daemon, adds its CPU seconds and its peak memory."""
    before = cpu_of(daemon) if daemon else 0
    # Through time(1), since a child of ours begins with our own peak memory in its account.
    with open(log or os.devnull, "ab") as words, tempfile.NamedTemporaryFile("r") as report:
        began = time.perf_counter()
        status = subprocess.run(["/usr/bin/time", "-q", "-f", "%U %S %M", "-o", report.name, *argv], env=env,
            stdin=stdin or subprocess.DEVNULL, stdout=words,
                                stderr=words, cwd=cwd).returncode
        wall = time.perf_counter() - began
        said = report.read().split()
    if status != 0:
        tail = ""
        if log:
            with open(log, errors="replace") as f:
                tail = "".join(f.readlines()[-5:])
        raise Failed(f"{' '.join(argv[:4])} …: exit {status}\n{tail}")
    cost = Cost(wall, float(said[-3]) + float(said[-2]), int(said[-1]) * 1024)
    if daemon:
        cost += Cost(0, cpu_of(daemon) - before, peak_of(daemon))
    return cost

def cpu_of(pid):
    """CPU seconds of a process and of its children that have ended."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return sum(int(fields[i]) for i in (11, 12, 13, 14)) / TICK

def peak_of(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(l.split()[1]) * 1024 for l in f if l.startswith("VmHWM"))

class Stages:
    """draft-pack, draft-build and draft-push, started once: a record goes in, and comes out when the image is pushed."""
    def __init__(self, env, log):
        self.processes, source = [], subprocess.PIPE
        self.words = open(log, "ab")
        for name in ("draft-pack", "draft-build", "draft-push"):
            process = subprocess.Popen([name], env=env, stdin=source, stdout=subprocess.PIPE, stderr=self.words)
            if self.processes:
                source.close()
            source = process.stdout
            self.processes.append(process)

    def send(self, record):
        """The cost of one record, and the line that came back."""
        before = [cpu_of(p.pid) for p in self.processes]
        began = time.perf_counter()
        self.processes[0].stdin.write(record)
        self.processes[0].stdin.flush()
        line = self.processes[-1].stdout.readline()
        wall = time.perf_counter() - began
        if b'"failure":' in line or not line:
            raise Failed(f"draft: {line.decode(errors='replace')[-600:]}")
        return Cost(wall, sum(cpu_of(p.pid) - b for p, b in zip(self.processes, before)),
            max(peak_of(p.pid) for p in self.processes)), line

    def close(self):
        self.processes[0].stdin.close()
        for process in self.processes:
            process.wait(60)
        self.words.close()

class Daemon:
    """A program in the background, ended with us."""
    def __init__(self, argv, log, env=None):
        self.log = log
        with open(log, "ab") as words:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=words, stderr=words, env=env)
        self.pid = self.process.pid

    def until(self, question, seconds=30):
        end = time.time() + seconds
        while self.process.poll() is None and time.time() < end:
            if question():
                return True
            time.sleep(0.1)
        return False

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
