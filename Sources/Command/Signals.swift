import CSystem
import Glibc

/// SIGPIPE kills us as it should. SIGINT, SIGTERM and SIGHUP go on to the children, what is half done is undone (see
/// ``Undoing``), temporary files are removed, and we die by the same signal. A thread of its own waits for them, so the
/// cleaning up is ordinary code.
enum Signals {
  static func start() {
    signal(SIGPIPE, SIG_DFL)
    // A file that may not become larger is an error of its write, which can be told.
    signal(SIGXFSZ, SIG_IGN)
    var pipe = sigset_t()
    sigemptyset(&pipe)
    sigaddset(&pipe, SIGPIPE)
    pthread_sigmask(SIG_UNBLOCK, &pipe, nil)

    // A shell starts a job with SIGINT ignored; draft-up says that its jobs belong to the foreground all the same.
    let foreground = environmentVariable("DRAFT_FOREGROUND") != nil
    unsetenv("DRAFT_FOREGROUND")

    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Under nohup, or in the background of a shell without job control, the caller has them ignored; that is the caller's wish.
      var old = sigaction()
      sigaction(number, nil, &old)
      if unsafeBitCast(old.__sigaction_handler.sa_handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self) || (foreground && number == SIGINT) {
        sigaddset(&set, number)
      }
    }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    if foreground { signal(SIGINT, SIG_DFL) }
    Thread.detach {
      var byTerminal: Int32 = 0
      let number = csystem_wait_for_signal(&set, &byTerminal)
      // The terminal has sent it to the whole foreground group already; a second one would make helm give up its rollback.
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
