import AWSWire
import Foundation
import Testing

struct JSONValueTests {
  @Test(arguments: [
    #"{"a":[1,-2,2.5,true,false,null,"x\"\\\n\u0001é😀"],"b":{},"a b":[]}"#, "[]", "0", "-1", #""""#, "1e300", "9007199254740991",
  ])
  func whatIsReadIsWritten(text: String) throws {
    let value = try JSONValue(Data(text.utf8))
    let again = try JSONValue(value.data)
    #expect(value == again)
    let theirs = try JSONSerialization.jsonObject(with: value.data, options: .fragmentsAllowed) as? NSObject
    #expect(theirs == (try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) as? NSObject))
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":}", "nul", "nulll", "tru", "\"", "[1 2]", "{\"a\" 1}", "01", "--1", "1e999", "{1:2}", "\u{0}",
  ])
  func whatIsNoJSONIsRefused(text: String) {
    #expect(throws: JSONReader.Failure.self) { try JSONValue(Data(text.utf8)) }
  }

  @Test func depthIsBounded() {
    #expect(throws: JSONReader.Failure.self) { try JSONValue(Data(String(repeating: "[", count: 100_000).utf8)) }
  }

  @Test func theNumberOfValuesIsBounded() throws {
    func array(_ count: Int) -> Data { Data("[\(String(repeating: "0,", count: count - 2))0]".utf8) }
    #expect(try JSONValue(array(2_000_000)).array?.count == 1_999_999)
    #expect(throws: JSONReader.Failure.self) { try JSONValue(array(2_000_001)) }
  }

  @Test func numbersOfEverySize() throws {
    #expect(try JSONValue(Data("5.0".utf8)).integer == 5)
    #expect(try JSONValue(Data("1e18".utf8)).integer == 1_000_000_000_000_000_000)
    #expect(try JSONValue(Data("-9223372036854775808".utf8)).integer == .min)
    #expect(try JSONValue(Data("9223372036854775808".utf8)).integer == nil)
    #expect(try JSONValue(Data("0.5".utf8)).integer == nil)
  }

  @Test func theLastOfTwoMembersCounts() throws {
    #expect(try JSONValue(Data(#"{"a":1,"a":2}"#.utf8))["a"] == 2)
    #expect(try JSONValue(Data(#"{"\u0061":1}"#.utf8))["a"] == 1)
  }
}
