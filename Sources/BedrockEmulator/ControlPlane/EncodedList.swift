import Foundation

/// Encoded items, from which pages are joined without encoding again.
struct EncodedList: Sendable {
  let items: [Data]

  init(_ items: [some Encodable]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    self.items = try items.map(encoder.encode)
  }

  init(encoded items: [Data]) { self.items = items }

  /// `{"member":[…],"tokenMember":"…"}`
  func page(_ member: String, from offset: Int, count: Int, tokenMember: String, nextToken: (Int) -> String) -> Data {
    let end = min(offset + count, items.count)
    var body = Data()
    body.reserveCapacity(items[min(offset, end)..<end].reduce(512) { $0 + $1.count + 1 })
    body.append(contentsOf: "{\"\(member)\":[".utf8)
    for (index, item) in items[min(offset, end)..<end].enumerated() {
      if index > 0 { body.append(UInt8(ascii: ",")) }
      body.append(item)
    }
    body.append(UInt8(ascii: "]"))
    if end < items.count { body.append(contentsOf: Data(",\"\(tokenMember)\":\"\(nextToken(end))\"".utf8)) }
    body.append(UInt8(ascii: "}"))
    return body
  }
}
