package import Foundation

/// A page of GetMetricData. A series may continue on the next page.
///
/// A day of 40 models has half a million datapoints, so this uses ``JSONReader`` rather than `Codable`.
package struct MetricDataPage: Sendable {
  package struct Result: Sendable {
    package var id = ""
    /// The starts of the periods, in Unix seconds.
    package var timestamps: [Double] = []
    /// One value per timestamp; NaN and infinities are kept.
    package var values: [Double] = []
    /// `Complete`, `PartialData` (a later page continues), `InternalError` or `Forbidden`.
    package var status = ""
  }

  package var results: [Result] = []
  /// CloudWatch's messages about the whole call, such as a limit that was reached.
  package var messages: [String] = []
  package var nextToken: String?

  package init(results: [Result] = [], nextToken: String? = nil) {
    self.results = results
    self.nextToken = nextToken
  }

  /// - Throws: ``JSONReader/Failure`` if the reply is not such a page, has no results, or has lists of different lengths.
  package init(json: Data) throws {
    var reader = JSONReader(Array(json))
    var results: [Result]?
    try reader.readObject { reader, member throws(JSONReader.Failure) in
      if reader.takeNull() { return }
      if member.elementsEqual("MetricDataResults".utf8) {
        var list: [Result] = []
        try reader.readArray { reader throws(JSONReader.Failure) in list.append(try Result(&reader)) }
        results = list
      } else if member.elementsEqual("NextToken".utf8) {
        nextToken = try reader.readString()
      } else if member.elementsEqual("Messages".utf8) {
        try reader.readArray { reader throws(JSONReader.Failure) in
          try reader.readObject { reader, member throws(JSONReader.Failure) in
            if member.elementsEqual("Value".utf8), !reader.takeNull() {
              messages.append(try reader.readString())
            } else {
              try reader.skipValue()
            }
          }
        }
      } else {
        try reader.skipValue()
      }
    }
    try reader.readEnd()
    guard let results else { throw JSONReader.Failure(offset: 0) }
    self.results = results
  }
}

extension MetricDataPage.Result {
  fileprivate init(_ reader: inout JSONReader) throws(JSONReader.Failure) {
    self.init()
    let start = reader.position
    var result = MetricDataPage.Result()
    try reader.readObject { reader, member throws(JSONReader.Failure) in
      if reader.takeNull() { return }
      if member.elementsEqual("Id".utf8) {
        result.id = try reader.readString()
      } else if member.elementsEqual("Timestamps".utf8) {
        try reader.readArray { reader throws(JSONReader.Failure) in result.timestamps.append(try reader.readNumber()) }
      } else if member.elementsEqual("Values".utf8) {
        try reader.readArray { reader throws(JSONReader.Failure) in result.values.append(try reader.readFloat()) }
      } else if member.elementsEqual("StatusCode".utf8) {
        result.status = try reader.readString()
      } else {
        try reader.skipValue()
      }
    }
    guard !result.id.isEmpty, result.timestamps.count == result.values.count else { throw JSONReader.Failure(offset: start) }
    self = result
  }
}

extension JSONReader {
  /// A number, or one of the strings `NaN`, `Infinity` and `-Infinity`, which AWS's protocols use because JSON has no such
  /// numbers.
  fileprivate mutating func readFloat() throws(Failure) -> Double {
    skipSpace()
    guard current == UInt8(ascii: "\"") else { return try readNumber() }
    let start = position
    guard let value = Double(try readString()) else { throw Failure(offset: start) }
    return value
  }
}
