import CSystem
import Glibc
import Records

extension Child {
  /// A program that outlives this process, in a session of its own.
  public struct Detached: Sendable {
    public var pid: Int32
    /// Its first lines of output.
    public var lines: [String]
    /// Whether it is still running; else it ended after these lines.
    public var goesOn: Bool
  }

  /// Starts a program, waits for its first lines, and detaches it. Throws ``DetachedEnded`` with the exit status if it
  /// ends before it has written them.
  /// - Parameters:
  ///   - path: the program; `argv` begins with the name it is called by.
  ///   - log: a file for its standard error; truncated first.
  public static func detach(_ argv: [String], path: String, input: [UInt8], lines count: Int, log: String) throws
    -> Detached
  {
    let errors = try OpenFile(log, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600) { number in
      SystemError("cannot write the log '\(log)'", number, code: .cannotCreate)
    }
    var inputEnds: [Int32] = [-1, -1], outputEnds: [Int32] = [-1, -1]
    guard csystem_socketpair(&inputEnds) == 0 else { throw SystemError("cannot start '\(argv[0])'", errno) }
    let ours = OpenFile(inputEnds[0]), theirs = OpenFile(inputEnds[1])
    guard csystem_pipe(&outputEnds) == 0 else { throw SystemError("cannot start '\(argv[0])'", errno) }
    let output = OpenFile(outputEnds[0]), end = OpenFile(outputEnds[1])
    var pid: pid_t = 0
    let result = withCStrings(argv) { argv in
      withCStrings(variables([:])) {
        csystem_spawn(&pid, path, argv, $0, inputEnds[1], outputEnds[1], errors.descriptor, nil, 1)
      }
    }
    // While they are open here too, the other ends never see the end.
    _ = consume theirs
    _ = consume end
    guard result == 0 else { throw cannotStart(argv[0], result) }
    // If the program ends without reading its input, its status tells, and not a SIGPIPE of ours.
    var sent = 0
    input.withUnsafeBytes { bytes in
      while sent < bytes.count {
        let more = send(inputEnds[0], bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
        if more <= 0 { break }
        sent += more
      }
    }
    _ = consume ours

    var text: [UInt8] = [], chunk = [UInt8](repeating: 0, count: 65_536)
    func ended() -> DetachedEnded {
      var status: Int32 = 0
      uninterrupted { waitpid(pid, &status, 0) }
      return DetachedEnded(
        status: csystem_wifexited(status) != 0 ? csystem_wexitstatus(status) : 128 + csystem_wtermsig(status))
    }
    while text.count(where: { $0 == 0x0A }) < count {
      let size = chunk.withUnsafeMutableBytes { (try? output.read(into: $0)) ?? 0 }
      guard size > 0 else { throw ended() }
      text += chunk[..<size]
    }
    // A program that ends closes its output; one that keeps running keeps it open.
    var wait = pollfd(fd: output.descriptor, events: Int16(POLLIN), revents: 0)
    let goesOn = poll(&wait, 1, 200) == 0
    if !goesOn, case let end = ended(), end.status != 0 { throw end }
    return Detached(
      pid: pid, lines: text.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }, goesOn: goesOn)
  }
}

/// A program that was meant to keep running has ended.
public struct DetachedEnded: Error, Equatable {
  public var status: Int32
}
