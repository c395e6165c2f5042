import Bedquota
import Foundation

/// A file that a command writes atomically when its work is done.
struct OutputFile {
  let url: URL

  /// - Throws: ``BedquotaError`` (`file`) if the file can't be written. The check comes before the work, so that nobody waits for
  ///   a result that can't be saved.
  init(_ path: String) throws {
    url = URL(filePath: path)
    var isFolder: ObjCBool = false
    let files = FileManager.default
    if files.fileExists(atPath: url.path, isDirectory: &isFolder) {
      if isFolder.boolValue { throw Self.refusal(path, "it is a folder") }
      guard files.isWritableFile(atPath: url.path) else { throw Self.refusal(path, "permission denied") }
    }
    let folder = url.deletingLastPathComponent().path
    guard files.fileExists(atPath: folder) else { throw Self.refusal(path, "there is no folder \(folder)") }
    guard files.isWritableFile(atPath: folder) else { throw Self.refusal(path, "permission denied") }
  }

  func write(_ text: String) throws {
    do {
      try Data(text.utf8).write(to: url, options: .atomic)
    } catch {
      throw BedquotaError.file("\(url.path) can't be written", error)
    }
  }

  private static func refusal(_ path: String, _ why: String) -> BedquotaError {
    BedquotaError(.file, "\(path) can't be written: \(why).")
  }
}
