import Foundation

/// The journal that an earlier run has left, locked by this one.
struct JournalFile: Sendable {
  let file: AppendedFile
  let contents: JournalContents

  /// - Parameters:
  ///   - path: the journal's path.
  ///   - output: the path of the output that it belongs to.
  /// - Returns: nil if there is no journal.
  /// - Throws: ``BedquotaError`` (`file`) if another run has locked it, or it is a link or no file.
  static func open(_ path: String, of output: String) throws -> JournalFile? {
    while let status = FileStatus(path: path, followsLinks: false) {
      guard status.kind == .regular else {
        throw BatchFiles.refusal("\(path) can't be written: it is not a regular file.", ["outputFile"])
      }
      let file = try AppendedFile(path, isNew: false)
      guard try file.locks() else {
        throw busy(output, process: try? JournalContents(file.source).process)
      }
      // Another run may have replaced it between the opening and the lock.
      guard FileStatus(path: path, followsLinks: false)?.identity == status.identity, file.isIntact else { continue }
      do {
        return JournalFile(file: file, contents: try JournalContents(file.source))
      } catch {
        throw BedquotaError.file("\(path) can't be read", error, parameters: ["outputFile"])
      }
    }
    return nil
  }

  static func busy(_ output: String, process: Int32?) -> BedquotaError {
    let who = process.map { "process \($0)" } ?? "another process"
    return BatchFiles.refusal(
      "A run is writing \(output) already: \(who). Wait for its end, or choose another output file.", ["outputFile"])
  }
}
