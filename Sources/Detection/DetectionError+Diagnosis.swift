import Command
import Records

extension DetectionError: Diagnosis {
  public var exitCode: ExitCode { .noInput }

  public var message: String {
    switch self {
    case .nothing(let directory): "cannot detect a language in '\(directory)': no source files of a known one"
    }
  }

  public var hint: String? { "check that this is the directory of the application; a Dockerfile is enough, and so is a pack: --pack NAME" }
}
