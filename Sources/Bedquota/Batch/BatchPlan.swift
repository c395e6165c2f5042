public import Foundation

/// What a file of requests holds, from all of its lines counted and the first of them read.
public struct BatchPlan: Sendable {
  private static let sampleMax = 1_000

  /// Lines that aren't empty.
  public var records = 0
  /// Of the sample: records that hold no request.
  public var unreadable = 0
  /// Of a request of the sample, on average; nil where there was none.
  public var averageInputTokens: Int?
  /// Of those that say it, on average; nil where none does.
  public var averageMaxTokens: Int?
  /// Requests of the sample without max_tokens.
  public var withoutMaxTokens = 0
  public var sample = 0

  /// - Throws: ``BedquotaError`` (`file`) where the file can't be read.
  public init(reading url: URL) throws {
    let file: FileHandle
    do { file = try FileHandle(forReadingFrom: url) } catch {
      throw BedquotaError(.file, "\(url.path) can't be read: \((error as? CocoaError)?.localizedDescription ?? "\(error)").")
    }
    var line = Data()
    var isEmpty = true
    var sizes: (input: Int, maxTokens: Int, withMax: Int, requests: Int) = (0, 0, 0, 0)
    func end() {
      defer {
        line = Data()
        isEmpty = true
      }
      guard !isEmpty else { return }
      records += 1
      guard sample < Self.sampleMax else { return }
      sample += 1
      guard let request = BatchRecord(index: 0, line: line).request else {
        unreadable += 1
        return
      }
      sizes.requests += 1
      sizes.input += request.estimatedInputTokens
      if let maxTokens = request.maxTokens {
        sizes.maxTokens += maxTokens
        sizes.withMax += 1
      } else {
        withoutMaxTokens += 1
      }
    }
    while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
      for part in piece.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
        if part.offset > 0 { end() }
        if part.element.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) { isEmpty = false }
        if sample < Self.sampleMax { line.append(contentsOf: part.element) }
      }
    }
    end()
    if sizes.requests > 0 { averageInputTokens = sizes.input / sizes.requests }
    if sizes.withMax > 0 { averageMaxTokens = sizes.maxTokens / sizes.withMax }
  }
}
