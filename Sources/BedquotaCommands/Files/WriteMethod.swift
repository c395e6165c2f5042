import Foundation

/// How an output file is written. Nothing but a regular file is ever replaced.
enum WriteMethod: Equatable {
  /// Into a file descriptor that the process was started with.
  case descriptor(Int32)
  /// Into a new file beside the target, which then takes its name: the old file stays whole until the new one is.
  case replace
  /// Into the old file itself, where a new one can't take its place without a change of owner or of the file's other names.
  case overwrite
  /// Into a pipe or a device, as the bytes come.
  case stream

  /// A path that can't be written, and why, in words that follow a colon.
  struct Refusal: Error, Equatable { var reason: String }

  /// The method for a path that names one of the process's own descriptors; nil for any other path.
  ///
  /// Opening `/dev/stdout` again would not do: a file behind it would be written from its start.
  init?(descriptorNamedBy path: String) {
    switch path {
    case "-", "/dev/stdout": self = .descriptor(STDOUT_FILENO)
    case "/dev/stderr": self = .descriptor(STDERR_FILENO)
    default:
      let prefixes = ["/dev/fd/", "/proc/self/fd/"]
      guard let prefix = prefixes.first(where: path.hasPrefix), let number = Int32(path.dropFirst(prefix.count)), number >= 0
      else { return nil }
      self = .descriptor(number)
    }
  }

  /// Whether a path names the standard output.
  static func isStandardOutput(_ path: String) -> Bool {
    WriteMethod(descriptorNamedBy: path) == .descriptor(STDOUT_FILENO)
  }

  /// The method for what is at a path.
  init(_ facts: PathFacts) throws(Refusal) {
    if facts.target.hasSuffix("/"), facts.kind != .folder {
      throw Refusal(reason: "a path that ends in a slash names a folder")
    }
    switch facts.kind {
    case .folder: throw Refusal(reason: "it is a folder")
    case .socket: throw Refusal(reason: "it is a socket")
    case .blockDevice: throw Refusal(reason: "it is a disk")
    case .pipe, .characterDevice:
      if facts.writeProblem != 0 { throw Refusal(code: facts.writeProblem) }
      self = .stream
    case .file where facts.isStandardOutput: self = .descriptor(STDOUT_FILENO)
    case .file:
      if facts.writeProblem != 0 { throw Refusal(code: facts.writeProblem) }
      self = facts.folderProblem == 0 && facts.canKeepOwner && !facts.hasOtherNames ? .replace : .overwrite
    case .nothing:
      switch facts.folder {
      case .missing: throw Refusal(reason: "there is no folder \(facts.folderPath)")
      case .notAFolder: throw Refusal(reason: "\(facts.folderPath) is not a folder")
      case .there: break
      }
      if facts.folderProblem != 0 { throw Refusal(code: facts.folderProblem) }
      self = .replace
    }
  }
}

extension WriteMethod.Refusal {
  /// - Parameter code: an `errno`.
  init(code: Int32) { reason = Self.words(code) }

  /// The system's words for an `errno`, as they follow a colon: `no space left on device`.
  static func words(_ code: Int32) -> String {
    let words = String(cString: strerror(code))
    return words.prefix(1).lowercased() + words.dropFirst()
  }
}
