package import BedrockQuotas
import Foundation

/// The quotas of batch inference that name one model, with the values in force. A quota that the account doesn't have limits nothing.
package struct BatchQuotas: Sendable, Equatable {
  /// A quota's size is in GB, read as 1,024³ bytes; AWS doesn't say which.
  private static let gigabyte = 1_073_741_824.0

  package var recordsMin: Double?
  package var recordsPerFile: Double?
  package var recordsPerJob: Double?
  package var bytesPerFile: Double?
  package var bytesPerJob: Double?
  /// Jobs of base models that are submitted or in progress.
  package var jobs: Double?

  /// - Parameter value: the value in force of a quota's code.
  package init(_ quotas: [Quota], value: (String) -> Double?) {
    for quota in quotas where quota.name.scope == .batch {
      // AWS spells some with two spaces.
      let name = quota.name.text.lowercased().split(separator: " ").joined(separator: " ")
      guard let value = value(quota.code) else { continue }
      if name.hasPrefix("minimum number of records per batch inference job") {
        recordsMin = value
      } else if name.hasPrefix("records per input file per batch inference job") {
        recordsPerFile = value
      } else if name.hasPrefix("records per batch inference job") {
        recordsPerJob = value
      } else if name.hasPrefix("batch inference input file size") {
        bytesPerFile = value * Self.gigabyte
      } else if name.hasPrefix("batch inference job size") {
        bytesPerJob = value * Self.gigabyte
      } else if name.hasPrefix("sum of in-progress and submitted batch inference jobs using a base model") {
        jobs = value
      }
    }
  }

  /// Why a file can't be part of a job; nil if it can.
  package func problem(of file: String, bytes: Int, records: Int) -> String? {
    if let bytesPerFile, Double(bytes) > bytesPerFile {
      return "The input file \(file) has \(bytes) bytes, more than the quota of \(Int(clamping: bytesPerFile)) bytes per file."
    }
    if let recordsPerFile, Double(records) > recordsPerFile {
      return
        "The input file \(file) contains more records (\(records)) than the allowed maximum of: \(Int(clamping: recordsPerFile))"
    }
    return nil
  }

  /// Why a job can't run; nil if it can.
  package func problem(ofJob arn: String, bytes: Int, records: Int) -> String? {
    if let recordsMin, Double(records) < recordsMin {
      return "Batch job \(arn) contains less records (\(records)) than the required minimum of: \(Int(clamping: recordsMin))"
    }
    if let recordsPerJob, Double(records) > recordsPerJob {
      return "Batch job \(arn) contains more records (\(records)) than the allowed maximum of: \(Int(clamping: recordsPerJob))"
    }
    if let bytesPerJob, Double(bytes) > bytesPerJob {
      return "Batch job \(arn) has \(bytes) bytes of input, more than the quota of \(Int(clamping: bytesPerJob)) bytes per job."
    }
    return nil
  }
}
