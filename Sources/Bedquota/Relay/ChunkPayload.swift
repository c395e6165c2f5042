import AWSWire
import Foundation

/// The payload of a `chunk`: `{"bytes": "<base64>", "p": "<padding>"}`.
enum ChunkPayload {
  private static let opening = Array(#"{"bytes":""#.utf8)

  /// The bytes that it wraps; nil if it has another form.
  static func inner(_ payload: UnsafeRawBufferPointer) -> Data? {
    guard let base64 = base64(payload) else {
      let json = try? JSONValue(Data(payload))
      return json?["bytes"]?.string.flatMap { Data(base64Encoded: $0) }
    }
    return decode(base64)
  }

  /// The base64, if the payload is written as AWS writes it; nil for any other JSON.
  private static func base64(_ payload: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard payload.starts(with: opening) else { return nil }
    let rest = payload[opening.count...]
    guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
    // Behind it is padding at most; whatever holds one more colon may be anything.
    let tail = payload[(end + 1)...]
    guard tail.last == UInt8(ascii: "}"),
      tail.count == 1 || (tail.starts(with: #","p":""#.utf8) && tail.count { $0 == 0x3A } == 1)
    else { return nil }
    return UnsafeRawBufferPointer(rebasing: rest[..<end])
  }

  private static func decode(_ base64: UnsafeRawBufferPointer) -> Data? {
    guard let start = base64.baseAddress, !base64.isEmpty else { return Data() }
    // Only read, and no longer than the call.
    return Data(
      base64Encoded: Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: base64.count, deallocator: .none))
  }
}
