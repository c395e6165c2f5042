/// One frame of AWS's event streams, read in place as far as its headers. Checksums are the client's to check.
struct EventFrame {
  enum Kind: Equatable {
    case event(EventType)
    /// An exception or an error, by its code, with which the stream ends.
    case failure(String)
  }

  /// The types of events that are told apart.
  enum EventType: String {
    /// An event of InvokeModelWithResponseStream, which wraps the model's own.
    case chunk
    case metadata
    case messageStop
    /// Text, or nothing of interest.
    case other
  }

  /// What every frame has beside headers and payload.
  static let overhead = 16
  static let preludeBytes = 12

  let kind: Kind
  /// A part of the bytes that the frame was read from.
  let payload: UnsafeRawBufferPointer

  /// nil if the headers are damaged.
  /// - Parameter bytes: a whole frame.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.overhead else { return nil }
    let headersEnd = Self.preludeBytes + Self.number(bytes, at: 4)
    guard headersEnd <= bytes.count - 4 else { return nil }
    payload = UnsafeRawBufferPointer(rebasing: bytes[headersEnd..<bytes.count - 4])
    var isEvent = false
    var (eventType, code) = (Slice<UnsafeRawBufferPointer>?.none, Slice<UnsafeRawBufferPointer>?.none)
    var index = Self.preludeBytes
    while index < headersEnd {
      let nameEnd = index + 1 + Int(bytes[index])
      guard nameEnd < headersEnd, let (value, end) = Self.value(bytes, at: nameEnd, before: headersEnd) else { return nil }
      let name = bytes[index + 1..<nameEnd]
      if name.elementsEqual(":message-type".utf8) {
        isEvent = value.elementsEqual("event".utf8)
      } else if name.elementsEqual(":event-type".utf8) {
        eventType = value
      } else if name.elementsEqual(":exception-type".utf8) || (code == nil && name.elementsEqual(":error-code".utf8)) {
        code = value
      }
      index = end
    }
    if isEvent, let eventType {
      kind = .event(Self.type(eventType))
    } else {
      kind = .failure(code.map { String(decoding: $0.prefix(128), as: UTF8.self) } ?? "Unknown")
    }
  }

  private static func type(_ name: Slice<UnsafeRawBufferPointer>) -> EventType {
    switch name.count {
    case 5 where name.elementsEqual("chunk".utf8): .chunk
    case 8 where name.elementsEqual("metadata".utf8): .metadata
    case 11 where name.elementsEqual("messageStop".utf8): .messageStop
    default: .other
    }
  }

  /// A header's value, and where it ends. What isn't text is empty; see `EventStreamHeaderReader` for the types.
  private static func value(
    _ bytes: UnsafeRawBufferPointer, at index: Int, before end: Int
  ) -> (Slice<UnsafeRawBufferPointer>, Int)? {
    let start = index + 1
    let (first, count): (Int, Int)
    switch bytes[index] {
    case 0, 1: (first, count) = (start, 0)
    case 2: (first, count) = (start, 1)
    case 3: (first, count) = (start, 2)
    case 4: (first, count) = (start, 4)
    case 5, 8: (first, count) = (start, 8)
    case 9: (first, count) = (start, 16)
    case 6, 7:
      guard start + 2 <= end else { return nil }
      (first, count) = (start + 2, Int(bytes[start]) << 8 | Int(bytes[start + 1]))
    default: return nil
    }
    guard first + count <= end else { return nil }
    return (bytes[first..<(bytes[index] == 7 ? first + count : first)], first + count)
  }

  /// Four bytes, the highest first.
  static func number(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
    Int(bytes[index]) << 24 | Int(bytes[index + 1]) << 16 | Int(bytes[index + 2]) << 8 | Int(bytes[index + 3])
  }
}
