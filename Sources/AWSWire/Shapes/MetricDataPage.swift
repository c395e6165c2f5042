package import Foundation

/// A page of GetMetricData; one series may go on over several pages.
///
/// A day of forty models is half a million datapoints, so they are read with ``JSONReader``.
package struct MetricDataPage: Sendable {
  package struct Result: Sendable {
    package var id = ""
    /// Unix seconds, each the beginning of a period.
    package var timestamps: [Double] = []
    /// As many as ``timestamps``; NaN and infinities as they came.
    package var values: [Double] = []
    /// `Complete`, `PartialData` where a later page goes on, `InternalError` or `Forbidden`.
    package var status = ""
  }

  package var results: [Result] = []
  /// What CloudWatch says of the whole call, such as a limit that it ran into.
  package var messages: [String] = []
  package var nextToken: String?

  package init(results: [Result] = [], nextToken: String? = nil) {
    self.results = results
    self.nextToken = nextToken
  }

  /// - Throws: ``JSONReader/Failure`` where it is not such a page: no results, or unequal lists of times and values.
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
  /// A number, or one of the three that JSON can't write and AWS's protocols put into quotes: NaN, Infinity, -Infinity.
  fileprivate mutating func readFloat() throws(Failure) -> Double {
    skipSpace()
    guard current == UInt8(ascii: "\"") else { return try readNumber() }
    let start = position
    guard let value = Double(try readString()) else { throw Failure(offset: start) }
    return value
  }
}
