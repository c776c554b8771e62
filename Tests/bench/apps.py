"""Applications to build, and changes to them. All contents are new each time, so that no cache has them."""
import os, random

DOCKERFILE = """FROM localhost/draft-test/busybox
WORKDIR /srv
COPY requirements.txt ./
RUN sort requirements.txt >/installed
COPY . .
ENV VERSION={version}
CMD ["cat", "/installed"]
"""
# Files and bytes of all together.
SIZES = {"small": (12, 12_000), "medium": (400, 4_000_000), "large": (100_000, 20_000_000)}

def text(size, seed):
    """Compresses about as source does."""
    source = random.Random(seed)
    words = ["%x" % source.getrandbits(24) for _ in range(500)] + ["return", "for", "let", "  ", "\n"] * 60
    out, length = [], 0
    while length < size:
        word = source.choice(words)
        out.append(word)
        length += len(word) + 1
    return " ".join(out)[:size]

class App:
    def __init__(self, path, size, seed):
        self.path, self.seed, self.step = path, seed, 0
        files, total = SIZES[size]
        os.makedirs(path)
        self.write("requirements.txt", f"flask\n# {seed}\n")
        self.write("Dockerfile", DOCKERFILE.format(version=seed))
        each = total // files
        base = text(each + 1000, seed)
        self.names = []
        for n in range(files - 2):
            name = f"src/{n // 100:04}/{n % 100:02}.py"
            self.names.append(name)
            self.write(name, f"# {n} {seed}\n" + base[n % 997:n % 997 + each - 16])

    def write(self, name, content):
        os.makedirs(os.path.dirname(f"{self.path}/{name}"), exist_ok=True)
        with open(f"{self.path}/{name}", "w") as f:
            f.write(content)

    def change(self, kind):
        self.step += 1
        mark = f"{self.seed}-{self.step}"
        if kind == "one file changed":
            self.write(self.names[len(self.names) // 2], f"# changed {mark}\n" + text(2_000, mark))
        elif kind == "one file added":
            self.write(f"src/added-{self.step}.py", f"# added {mark}\n" + text(2_000, mark))
        elif kind == "one file removed":
            os.remove(f"{self.path}/{self.names.pop(len(self.names) // 3)}")
        elif kind == "Dockerfile's tail changed":
            self.write("Dockerfile", DOCKERFILE.format(version=mark))
        elif kind == "requirement changed":
            self.write("requirements.txt", f"flask\n# {mark}\n")

CHANGES = ["unchanged", "one file changed", "one file added", "one file removed", "Dockerfile's tail changed",
    "requirement changed"]
