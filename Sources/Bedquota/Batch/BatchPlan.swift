public import Foundation

/// What a file of requests holds: the number of its records, and averages over a sample of the first ones.
public struct BatchPlan: Sendable {
  private static let sampleMax = 1_000

  /// Lines that aren't blank.
  public var records = 0
  /// Records of the sample that hold no request.
  public var unreadable = 0
  /// Estimated input tokens of a request of the sample, on average; nil if the sample has no request.
  public var averageInputTokens: Int?
  /// Average max_tokens of the requests in the sample that set it; nil if none does.
  public var averageMaxTokens: Int?
  /// Requests of the sample without max_tokens.
  public var withoutMaxTokens = 0
  /// Records in the sample, at most 1,000.
  public var sample = 0

  /// - Throws: ``BedquotaError`` (`file`) if the file can't be read.
  public init(reading url: URL) throws {
    var lines: LineReader
    do { lines = try LineReader(url) } catch {
      throw BedquotaError.file("\(url.path) can't be read", error, parameters: ["input"])
    }
    var sizes: (input: Int, maxTokens: Int, withMax: Int, requests: Int) = (0, 0, 0, 0)
    while let (line, _) = try lines.next() {
      guard !line.isBlank else { continue }
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
