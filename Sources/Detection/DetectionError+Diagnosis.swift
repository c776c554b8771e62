import Command
import Records

extension DetectionError: Diagnosis {
  public var exitCode: ExitCode { .noInput }

  public var message: String {
    switch self {
    case .nothing(let directory):
      "cannot detect a language in '\(directory)': it has no source files of a known language"
    }
  }

  public var hint: String? {
    "check that this is the application's directory; otherwise write a Dockerfile, or choose a pack with --pack NAME"
  }
}
