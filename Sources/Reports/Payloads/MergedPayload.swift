package import Bedquota

/// What `merge` has joined, as JSON; see docs/json.md.
package struct MergedPayload: Encodable {
  var outputFile: String
  var shards: Int
  var results: Int
  var errors: Int

  package init(_ merged: MergedShards, outputFile: String) {
    self.outputFile = outputFile
    (shards, results, errors) = (merged.shards, merged.results, merged.errors)
  }
}
