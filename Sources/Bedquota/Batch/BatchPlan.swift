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
    var lines: LineReader
    do { lines = try LineReader(url) } catch {
      throw BedquotaError(.file, "\(url.path) can't be read: \((error as? CocoaError)?.localizedDescription ?? "\(error)").")
    }
    var sizes: (input: Int, maxTokens: Int, withMax: Int, requests: Int) = (0, 0, 0, 0)
    while let (line, _) = try lines.next() {
      guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { continue }
      records += 1
      guard sample < Self.sampleMax else { continue }
      sample += 1
      guard let request = BatchRecord(index: 0, line: line).request else {
        unreadable += 1
        continue
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
    if sizes.requests > 0 { averageInputTokens = sizes.input / sizes.requests }
    if sizes.withMax > 0 { averageMaxTokens = sizes.maxTokens / sizes.withMax }
  }
}
