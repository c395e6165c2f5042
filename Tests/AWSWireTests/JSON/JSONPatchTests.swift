import AWSWire
import Testing

/// One value changes; every other byte stays.
struct JSONPatchTests {
  @Test(
    arguments: [
      (#"{ "n": 12345678901234567890, "x":1.0 }"#, ["max"], #"{ "n": 12345678901234567890, "x":1.0 ,"max":7}"#),
      ("{}", ["max"], #"{"max":7}"#), (" {\n} \n", ["a", "b"], " {\n\"a\":{\"b\":7}} \n"),
      (#"{"a":{"z":1e2},"y":"\/"}"#, ["a", "b"], #"{"a":{"z":1e2,"b":7},"y":"\/"}"#),
      (#"{"a":{}}"#, ["a", "b", "c"], #"{"a":{"b":{"c":7}}}"#),
      (#"{"a": null ,"y":-0}"#, ["a", "b"], #"{"a": {"b":7} ,"y":-0}"#),
      (#"{"a":1,"a": "two"}"#, ["a"], #"{"a":1,"a": 7}"#), (#"{"\u0061":[1,{"a":2}]}"#, ["a"], #"{"\u0061":7}"#),
    ])
  func setting(text: String, path: [String], expected: String) throws {
    #expect(String(decoding: try JSONPatch.setting(path, to: 7, in: Array(text.utf8)), as: UTF8.self) == expected)
  }

  @Test(arguments: ["", "[1]", "{", #"{"a":}"#]) func whatIsNoObjectIsRefused(text: String) {
    #expect(throws: JSONReader.Failure.self) { try JSONPatch.setting(["a"], to: 7, in: Array(text.utf8)) }
  }
}
