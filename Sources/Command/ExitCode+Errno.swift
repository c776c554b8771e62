import Glibc
import Records

extension ExitCode {
  /// The exit code for a failed system call.
  public init(errno number: Int32) {
    switch number {
    case ENOENT, ENOTDIR: self = .noInput
    case EACCES, EPERM, EROFS: self = .noPermission
    case ENOSPC, EDQUOT, EEXIST: self = .cannotCreate
    case EAGAIN: self = .tryAgain
    default: self = .inputOutput
    }
  }
}
