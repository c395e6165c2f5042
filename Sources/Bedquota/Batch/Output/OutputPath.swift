import Foundation

/// Where a run writes, with all links resolved, so that two names of one file are known as one.
enum OutputPath {
  /// - Returns: the path of a regular file, or one that is free.
  /// - Throws: ``BedquotaError`` (`file`) for anything else.
  static func resolve(_ url: URL) throws(BedquotaError) -> String {
    let path = url.path
    guard let status = FileStatus(path: path, followsLinks: false) else {
      let folder = url.deletingLastPathComponent().path
      guard let real = realPath(folder) else { throw refusal(path, "there is no folder \(folder)") }
      return real == "/" ? "/\(url.lastPathComponent)" : "\(real)/\(url.lastPathComponent)"
    }
    guard let real = realPath(path), let target = FileStatus(path: real) else {
      throw refusal(path, status.kind == .link ? "it is a link that leads nowhere" : "\(SystemFailure())")
    }
    switch target.kind {
    case .regular: return real
    case .folder: throw refusal(path, "it is a folder")
    default: throw refusal(path, "it is not a regular file, and a run keeps its progress beside its output")
    }
  }

  private static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  private static func refusal(_ path: String, _ why: String) -> BedquotaError {
    BedquotaError(.file, "\(path) can't be written: \(why).", parameters: ["outputFile"])
  }
}
