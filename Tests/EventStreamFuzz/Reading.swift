import AWSWire

/// The result of decoding a stream.
struct Reading: Equatable {
  var messages: [EventStreamMessage] = []
  var failure: EventStreamDecoder.Failure?
  /// Bytes of all complete messages.
  var consumed = 0

  /// Decodes the stream in one piece.
  init(_ stream: [UInt8]) {
    var decoder = EventStreamDecoder()
    decoder.feed(stream)
    take(&decoder, fed: stream.count)
  }

  /// Decodes the stream in pieces of random size.
  init(_ stream: [UInt8], _ random: inout SplitMix) {
    var decoder = EventStreamDecoder()
    var fed = 0
    let largest = 1 + random.below(random.chance(10) ? 12 : stream.count)
    while fed < stream.count, failure == nil {
      let end = min(stream.count, fed + 1 + random.below(largest))
      decoder.feed(stream[fed..<end])
      fed = end
      take(&decoder, fed: fed)
    }
  }

  private mutating func take(_ decoder: inout EventStreamDecoder, fed: Int) {
    do throws(EventStreamDecoder.Failure) {
      while let message = try decoder.next() { messages.append(message) }
    } catch {
      failure = error
    }
    consumed = fed - decoder.pendingBytes
  }

  var encoded: [UInt8] { messages.count == 1 ? messages[0].encoded() : messages.flatMap { $0.encoded() } }
}
