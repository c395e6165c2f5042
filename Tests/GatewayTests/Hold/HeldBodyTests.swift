import AWSServer
import Foundation
import Testing

@testable import Gateway

@Suite struct HeldBodyTests {

  @Test func itIsGivenBackOnceWhateverHappens() throws {
    let room = HeldBytes(limit: 1_000)
    var body: HeldBody? = try HeldBody(400, of: 1, in: room)
    #expect(room.held == 400)
    // A part of it came, and then the client left.
    body = nil
    #expect(body == nil && room.held == 0)
    let other = try HeldBody(400, of: 1, in: room)
    other.release()
    other.release()
    #expect(room.held == 0)
  }

  @Test func aBodyOfUnknownLengthShrinksToWhatCame() throws {
    let room = HeldBytes(limit: 1_000)
    let body = try HeldBody(500, of: HeldBody.stranger("10.0.0.1"), in: room)
    try body.arrived(3, of: 1)
    #expect(room.held == 3)
    // The address holds nothing any more, and the caller its own.
    #expect(throws: Never.self) { try room.take(490, of: HeldBody.stranger("10.0.0.1")) }
    body.release()
    #expect(room.held == 490)
  }

  @Test func strangersCantFillTheRoomOfAKeyWhoseNameTheyKnow() throws {
    let room = HeldBytes(limit: 1_000)
    var bodies: [HeldBody] = []
    for _ in 0..<10 { if let body = try? HeldBody(100, of: HeldBody.stranger("10.0.0.1"), in: room) { bodies.append(body) } }
    #expect(room.held == 500)
    let own = try HeldBody(250, of: HeldBody.stranger("10.0.0.2"), in: room)
    try own.arrived(250, of: 1)
    #expect(room.held == 750 && bodies.count == 5)
  }

  @Test(
    arguments: [
      ([], 0), ([("content-length", "7")], 7), ([("content-length", "0")], 0), ([("transfer-encoding", "chunked")], 100),
      // The server refuses these.
      ([("content-length", "101")], 0), ([("content-length", "x")], 0),
    ] as [([(name: String, value: String)], Int)])
  func whatAHeadAnnounces(headers: [(name: String, value: String)], bytes: Int) {
    let head = ServerRequest(method: "POST", target: "/", headers: headers, body: Data())
    #expect(HeldBody.announced(by: head, bytesMax: 100) == bytes)
  }
}
