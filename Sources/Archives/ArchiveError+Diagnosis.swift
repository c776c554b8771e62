import Command
import Glibc
import Records

extension ArchiveError: Diagnosis {
  public var exitCode: ExitCode {
    switch self {
    case .noDockerfile: .noInput
    case .outside, .badSourceDate: .configuration
    case .changed, .vanished: .tryAgain
    case .unreadable(_, let number): ExitCode(errno: number)
    case .holes, .badPattern, .badChart, .notForChart, .badArchive, .hostileMember, .payloadDiffers: .badData
    case .cannotWrite(_, let number): number == EIO || number == EFBIG ? .inputOutput : .cannotCreate
    case .payloadMissing(_, let number): ExitCode(errno: number)
    }
  }

  public var message: String {
    switch self {
    case let .noDockerfile(name, directory):
      "cannot find a \(name == "Dockerfile" ? name : "Dockerfile '\(name)'") in '\(directory)'"
    case let .outside(setting, path, directory): "\(setting) '\(path)' is outside '\(directory)'"
    case let .changed(path): "'\(path)' changed while it was being packed"
    case let .vanished(path): "'\(path)' disappeared while it was being packed"
    case let .unreadable(path, number): "cannot read '\(path)': \(errnoText(number))"
    case let .holes(path): "'\(path)' has more than \(TarReader.holeLimit >> 30) GB of holes"
    case let .badPattern(file, line, pattern, reason): "\(file):\(line): cannot use '\(pattern)': \(reason)"
    case let .badChart(file, line, reason): line > 0 ? "\(file):\(line): the chart \(reason)" : "'\(file)' \(reason)"
    case let .notForChart(path, reason): "cannot pack '\(path)' into a chart: \(reason)"
    case let .badSourceDate(text): "SOURCE_DATE_EPOCH is not a number of seconds: '\(text)'"
    case let .badArchive(path, reason): "cannot read '\(path)': \(reason)"
    case let .hostileMember(archive, member, reason): "cannot unpack '\(member)' of '\(archive)': \(reason)"
    case let .cannotWrite(path, number): "cannot write '\(path)': \(errnoText(number))"
    case let .payloadMissing(path, number): "cannot open '\(path)': \(errnoText(number))"
    case let .payloadDiffers(path): "'\(path)' does not match the record: its size or digest differs"
    }
  }

  public var hint: String? {
    switch self {
    case .noDockerfile: "run 'draft create', or name one with 'dockerfile' in draft.toml"
    case .outside: "name a file within the application's directory"
    case .changed, .vanished: "run it again while nothing writes to the directory"
    case .unreadable(_, let number) where number == EACCES || number == EPERM:
      "make it readable, or add it to .dockerignore"
    case .unreadable: nil
    case .holes: "add it to .dockerignore"
    case .badPattern: nil
    case .badChart: "see https://helm.sh/docs/topics/charts/#the-chartyaml-file"
    case .notForChart: "remove it, or add it to .helmignore"
    case .badSourceDate: "set it to seconds since 1970, or unset it"
    case .badArchive, .hostileMember: nil
    case .cannotWrite(_, let number) where number == ENOSPC || number == EDQUOT:
      "make room; the draft home's cache may be deleted at any time"
    case .cannotWrite: nil
    case .payloadMissing, .payloadDiffers: "run draft pack again"
    }
  }
}
