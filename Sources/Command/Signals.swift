import CSystem
import Glibc

/// SIGPIPE ends us by default. SIGINT, SIGTERM and SIGHUP are forwarded to the children, interrupted work is undone
/// (see ``Undoing``), temporary files are removed, and we end by the same signal. A dedicated thread waits for the
/// signals, so the clean-up is ordinary code.
enum Signals {
  static func start() {
    signal(SIGPIPE, SIG_DFL)
    // Exceeding the file size limit is then an error of write(2), which can be reported.
    signal(SIGXFSZ, SIG_IGN)
    var pipe = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_UNBLOCK, &pipe, nil)

    // A shell starts background jobs with SIGINT ignored; draft-up says that its jobs belong to the foreground.
    let foreground = environmentVariable("DRAFT_FOREGROUND") != nil
    unsetenv("DRAFT_FOREGROUND")

    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Under nohup, or in the background of a shell without job control, the signals are ignored on purpose.
      var old = sigaction()
      sigaction(number, nil, &old)
      if unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self)
        || (foreground && number == SIGINT)
      {
        sigaddset(&set, number)
      }
    }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    if foreground { signal(SIGINT, SIG_DFL) }
    Thread.detach {
      var byTerminal: Int32 = 0
      let number = csystem_wait_for_signal(&set, &byTerminal)
      // The terminal has sent it to the whole foreground group; a second one would make helm abort its rollback.
      Child.endAll(by: byTerminal == 0 ? number : nil)
      Temporary.removeAll()
      signal(number, SIG_DFL)
      var again = sigset_t()
      sigemptyset(&again)
      sigaddset(&again, number)
      pthread_sigmask(SIG_UNBLOCK, &again, nil)
      raise(number)
    }
  }
}
