import Bedquota
import BedrockQuotas

extension JSONWriter {
  /// `{"quotas", "region"}`, or `{"error", "region"}` for a Region that could not be read; with `account` where several are read.
  mutating func write(_ listing: QuotaListing) {
    object { writer in
      writer.member("account", listing.place.account)
      if let error = listing.error {
        writer.member("error", error)
      } else {
        writer.member("quotas") { $0.array(listing.quotas) { $0.write($1, effectiveValue: listing.effectiveValue($1)) } }
      }
      writer.member("region", listing.region)
    }
  }

  private mutating func write(_ quota: Quota, effectiveValue: Double?) {
    object { writer in
      writer.member("adjustable", quota.adjustable)
      writer.member("appliedValue", quota.appliedValue)
      writer.member("code", quota.code)
      writer.member("crossRegionValue", quota.crossRegionValue)
      writer.member("defaultValue", quota.defaultValue)
      writer.member("effectiveValue", effectiveValue)
      writer.member("endpoint", quota.name.endpoint?.rawValue)
      writer.member("family", quota.family)
      writer.member("measure", quota.name.measure.rawValue)
      writer.member("name", quota.name.text)
      writer.member("scope", quota.name.scope.rawValue)
      writer.member("subject", quota.name.subject)
      writer.member("unit", quota.unit)
      writer.member("usageMetric", quota.usageMetric)
      writer.member("variant", quota.name.variant?.rawValue)
    }
  }
}
