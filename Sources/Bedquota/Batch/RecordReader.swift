import Foundation

/// Reads the lines of an input that have no result yet, in order.
actor RecordReader {
  /// InvokeModel takes bodies of up to 25 MB.
  private static let lineBytesMax = 26 * 1_024 * 1_024

  /// A line to be sent.
  struct Line: Sendable {
    /// The line's position in the file, from 0.
    var index: Int
    /// Zero-based position of the record within this run.
    var position: Int
    var text: Data
  }

  private let executor = FileExecutor(label: "bedquota.batch.input")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private var lines: LineReader
  private let done: RecordSet
  private var index = 0
  private var position = 0

  /// - Parameter done: lines to skip, because they have a result.
  /// - Throws: ``BedquotaError`` (`file`).
  init(_ url: URL, done: RecordSet) throws {
    do {
      lines = try LineReader(url, lineBytesMax: Self.lineBytesMax)
    } catch {
      throw BedquotaError.file("\(url.path) can't be read", error, parameters: ["input"])
    }
    self.done = done
  }

  /// The next line to send, without blank lines; nil at the end.
  /// - Throws: ``BedquotaError`` (`file`) for a line that no model takes.
  func next() throws -> Line? {
    while let text = try nextLine() {
      let index = index
      self.index += 1
      guard !done.contains(index), !text.isBlank else { continue }
      defer { position += 1 }
      return Line(index: index, position: position, text: text)
    }
    return nil
  }

  private func nextLine() throws -> Data? {
    do {
      return try lines.next()?.line
    } catch is LineTooLong {
      throw BedquotaError(
        .file, "Line \(index + 1) of the input is over \(Self.lineBytesMax >> 20) MB; no model takes that.",
        parameters: ["input"])
    }
  }
}
