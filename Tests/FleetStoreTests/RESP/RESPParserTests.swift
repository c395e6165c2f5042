import AdmissionSimulation
import NIOCore
import Testing

@testable import FleetNetwork

struct RESPParserTests {
  private static let values: [(String, RESPValue)] = [
    ("+OK\r\n", .simple("OK")), ("-ERR x\r\n", .error("ERR x")), (":-7\r\n", .integer(-7)),
    ("$3\r\na\r\n\r\n", .bytes([97, 13, 10])),
    ("$0\r\n\r\n", .bytes([])), ("$-1\r\n", .null), ("*-1\r\n", .null), ("_\r\n", .null), ("*0\r\n", .array([])),
    ("*2\r\n:1\r\n*1\r\n$1\r\nx\r\n", .array([.integer(1), .array([.bytes([120])])])), (",1.5\r\n", .double(1.5)),
    (",inf\r\n", .double(.infinity)), ("#t\r\n", .boolean(true)), ("#f\r\n", .boolean(false)),
    ("(123456789012345678901\r\n", .simple("123456789012345678901")),
    ("!5\r\nERR y\r\n", .error("ERR y")), ("=5\r\ntxt:z\r\n", .bytes([122])), ("~1\r\n:1\r\n", .array([.integer(1)])),
    ("%1\r\n+k\r\n:1\r\n", .map([.simple("k"), .integer(1)])), (">1\r\n+m\r\n", .push([.simple("m")])),
    ("|1\r\n+a\r\n*1\r\n:9\r\n:5\r\n", .integer(5)), ("*1\r\n|1\r\n+a\r\n+b\r\n:5\r\n", .array([.integer(5)])),
    ("|0\r\n:5\r\n", .integer(5)),
  ]

  @Test func eachTypeInAnyPieces() throws {
    let text = Self.values.map(\.0).joined()
    for size in [1, 2, 3, 7, 64, text.utf8.count] {
      var parser = RESPParser()
      var found: [RESPValue] = []
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        var piece = ByteBuffer(bytes: rest.prefix(size))
        rest = rest.dropFirst(size)
        parser.append(&piece)
        while let value = try parser.next() { found.append(value) }
      }
      #expect(found == Self.values.map(\.1))
    }
  }

  private func parse(_ text: String, _ limits: RESPLimits = RESPLimits()) throws -> RESPValue? {
    var parser = RESPParser(limits: limits)
    var bytes = ByteBuffer(string: text)
    parser.append(&bytes)
    return try parser.next()
  }

  @Test(arguments: [
    "x\r\n", "\r\n", "+OK\n", ":\r\n", ":1.5\r\n", ":99999999999999999999\r\n", "$1\r\nab\r\n", "$-2\r\n", "$99999999999\r\n",
    "*-2\r\n",
    "*9999999999999\r\n", "*1000001\r\n", "%500001\r\n", "%9223372036854775807\r\n", "#x\r\n", ",x\r\n", "=1\r\nx\r\n", "$?\r\n",
    "*?\r\n",
    ".\r\n", String(repeating: "*1\r\n", count: 9), "!-5\r\n",
  ])
  func whatBreaksTheProtocol(text: String) {
    #expect(throws: RESPFailure.self) { try parse(text) }
  }

  @Test func whatExceedsTheLimits() throws {
    let limits = RESPLimits(lineBytesMax: 16, bulkBytesMax: 32, replyBytesMax: 64, valuesMax: 10, depthMax: 2)
    // Nine values and their array are ten.
    #expect(try parse("*9\r\n", limits) == nil)
    for text in [
      "+" + String(repeating: "x", count: 17), "$33\r\n",
      "*3\r\n" + String(repeating: "$30\r\n" + String(repeating: "x", count: 30) + "\r\n", count: 3),
      "*10\r\n", "*3\r\n" + String(repeating: "*3\r\n:1\r\n:1\r\n:1\r\n", count: 3), "*1\r\n*1\r\n*1\r\n",
    ] {
      #expect(throws: RESPFailure.self, "\(text)") { try parse(text, limits) }
    }
  }

  /// Mutated replies are parsed or refused, and never take more than has arrived.
  @Test(arguments: 1...8)
  func noReplyCrashesIt(seed: Int) {
    var random = Random(seed: UInt64(seed))
    var (parsed, refused) = (0, 0)
    let kinds = Array("+-:$*_,#(!=~%>|0123456789\r\n-?xt ".utf8)
    for _ in 0..<5_000 {
      var bytes = Array(random.pick(Self.values).0.utf8) + Array(random.pick(Self.values).0.utf8)
      for _ in 0..<random.int(0...6) {
        let index = random.int(0...bytes.count - 1)
        switch random.int(0...3) {
        case 0: bytes[index] = random.pick(kinds)
        case 1: bytes.insert(random.pick(kinds), at: index)
        case 2: bytes[index] = UInt8(random.int(0...255))
        default: if bytes.count > 1 { bytes.remove(at: index) }
        }
      }
      var parser = RESPParser()
      var rest = bytes[...]
      do {
        while !rest.isEmpty {
          let size = random.int(1...8)
          var piece = ByteBuffer(bytes: rest.prefix(size))
          rest = rest.dropFirst(size)
          parser.append(&piece)
          while try parser.next() != nil { parsed += 1 }
        }
      } catch {
        refused += 1
      }
    }
    #expect(parsed > 1_000 && refused > 1_000)
  }
}
