import AWSWire
import Foundation

/// The events of both forms of streams.
extension RelayedReply {
  mutating func addFrames(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while let part = frames.next(&rest) {
      guard !isOver else { continue }
      switch part {
      case .whole(let frame): read(frame)
      case .joined(let frame): frame.withUnsafeBytes { read($0) }
      case .passed(let bytes): count(bytes)
      }
    }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer) {
    guard let frame = EventFrame(bytes) else { return }
    switch frame.kind {
    case .event(let type):
      if type != .chunk || !addChunk(frame.payload) { sieve.add(frame.payload) }
      readEvent(type)
    case .failure(let code):
      sieve.add(frame.payload)
      fail(code.prefix(1).uppercased() + code.dropFirst(), sieve.json?["message"]?.string ?? "")
    }
  }

  /// Reads the model's own JSON, which the chunks of InvokeModelWithResponseStream wrap in base64.
  /// - Returns: false if the payload wraps nothing.
  private mutating func addChunk(_ payload: UnsafeRawBufferPointer) -> Bool {
    guard let inner = ChunkPayload.inner(payload) else { return false }
    inner.withUnsafeBytes { sieve.add($0) }
    return true
  }

  mutating func addLines(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while let part = lines.next(&rest) {
      guard !isOver else { continue }
      switch part {
      case .data(let data): sieve.add(data)
      case .lineFeed: "\n".utf8.withContiguousStorageIfAvailable { sieve.add(UnsafeRawBufferPointer($0)) }
      case .end:
        if sieve.kept.elementsEqual("[DONE]".utf8) { isOver = true }
        readEvent(.chunk)
      }
    }
  }
}
