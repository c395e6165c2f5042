import Foundation

/// Where a run writes, with all links resolved, so that two names of one file are known as one.
enum OutputPath {
  /// As many links as Linux follows.
  private static let linksMax = 40

  /// - Returns: the path of a regular file, or one that is free.
  /// - Throws: ``BedquotaError`` (`file`) for anything else.
  static func resolve(_ url: URL) throws(BedquotaError) -> String { try resolve(url, links: 0) }

  private static func resolve(_ url: URL, links: Int) throws(BedquotaError) -> String {
    let path = url.path
    guard let status = FileStatus(path: path, followsLinks: false) else {
      let folder = url.deletingLastPathComponent().path
      guard let real = realPath(folder) else { throw refusal(path, "there is no folder \(folder)") }
      return real == "/" ? "/\(url.lastPathComponent)" : "\(real)/\(url.lastPathComponent)"
    }
    guard let target = FileStatus(path: path) else {
      // A link whose target is free: the target is written, as through any link.
      guard status.kind == .link, links < linksMax,
        let destination = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
      else { throw refusal(path, "\(SystemFailure())") }
      return try resolve(URL(filePath: destination, relativeTo: url.deletingLastPathComponent()), links: links + 1)
    }
    switch target.kind {
    case .regular: break
    case .folder: throw refusal(path, "it is a folder")
    default: throw refusal(path, "it is not a regular file, and a run keeps its progress beside its output")
    }
    guard let real = realPath(path) else { throw refusal(path, "\(SystemFailure())") }
    return real
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
