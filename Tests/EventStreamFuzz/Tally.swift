/// How the streams ended.
struct Tally: Sendable {
  private var streams: [String: Int] = [:]
  private var messages = 0
  private var bytes = 0

  mutating func count(_ reading: Reading, of stream: [UInt8]) {
    let end = reading.failure.map { "\($0)" } ?? (reading.consumed == stream.count ? "decoded" : "incomplete")
    streams[end, default: 0] += 1
    messages += reading.messages.count
    bytes += stream.count
  }

  mutating func add(_ other: Tally) {
    streams.merge(other.streams, uniquingKeysWith: +)
    messages += other.messages
    bytes += other.bytes
  }

  var text: String {
    let ends = streams.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return ends.joined(separator: "\n") + "\n\(messages) messages in \(bytes >> 20) MiB"
  }
}
