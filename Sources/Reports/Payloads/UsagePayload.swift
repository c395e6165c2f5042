import AWSWire
import Bedquota
import BedrockQuotas

/// `usage` as JSON, which has ten thousand lines for a day in periods of a minute; see docs/json.md.
extension JSONWriter {
  mutating func write(_ report: UsageReport) {
    let (totals, window) = (report.totals, report.window)
    object { writer in
      writer.member("account", report.place?.account)
      writer.member("advice", report.advice)
      writer.member("averageInputTokens", totals?.averageInputTokens)
      writer.member("averageOutputTokens", totals?.averageOutputTokens)
      writer.member("cacheReadTokens", totals?.cacheReadTokens)
      writer.member("cacheWriteTokens", totals?.cacheWriteTokens)
      writer.member("clientErrors", totals?.clientErrors)
      writer.member("countedQuotaTokens", totals?.countedQuotaTokens)
      writer.member("dataUntil", report.dataUntilSeconds.map(AWSDate.iso8601))
      writer.member("demand", totals?.demand)
      writer.member("end", AWSDate.iso8601(window.endSeconds))
      writer.member("endpoint", report.endpoint.rawValue)
      writer.member("estimatedQuotaTokens", totals?.estimatedQuotaTokens)
      writer.member("everythingRefused", report.isEverythingRefused ? true : nil)
      writer.member("id", report.id)
      writer.member("impliedBurndown", report.impliedBurndown)
      writer.member("inputTokens", totals?.inputTokens)
      writer.member("invocations", totals?.invocations)
      if !report.latencies.isEmpty { writer.member("latencies") { $0.array(report.latencies) { $0.write($1) } } }
      writer.member("modelId", report.resolution.modelID?.description)
      writer.member("notes", report.notes)
      writer.member("outputTokens", totals?.outputTokens)
      writer.member("parts") { $0.array(report.parts) { $0.write($1) } }
      if let peak = report.peakDemand { writer.member("peakDemand") { $0.write(peakAt: peak.atSeconds, peak.value) } }
      writer.member("peaks") { $0.array(report.peaks) { $0.write($1) } }
      writer.member("periodSeconds", Double(window.periodSeconds))
      writer.member("quotaTokens", totals?.quotaTokens)
      writer.member("region", report.place?.region)
      if let peak = report.reservationPeak { writer.member("reservationPeak") { $0.write(peak) } }
      if let peak = report.reservationPeakUpper { writer.member("reservationPeakUpper") { $0.write(peak) } }
      writer.member("scope", report.resolution.scope.rawValue)
      writer.member("series") { $0.array(report.points) { $0.write($1) } }
      writer.member("serverErrors", totals?.serverErrors)
      if !report.shares.isEmpty { writer.member("shares") { $0.array(report.shares) { $0.write($1) } } }
      writer.member("start", AWSDate.iso8601(window.startSeconds))
      writer.member("status", report.status.rawValue)
      writer.member("throttleRate", totals?.throttleRate)
      writer.member("throttledBy", report.binding?.name)
      writer.member("throttles", totals?.throttles)
    }
  }

  private mutating func write(_ part: UsageReport.Part) {
    object { writer in
      writer.member("id", part.id)
      writer.member("inputTokens", part.inputTokens)
      writer.member("invocations", part.invocations)
      writer.member("outputTokens", part.outputTokens)
      writer.member("throttles", part.throttles)
    }
  }

  private mutating func write(_ share: UsageReport.Share) {
    object { writer in
      writer.member("clientErrors", share.clientErrors)
      writer.member("inputTokens", share.inputTokens)
      writer.member("invocations", share.invocations)
      writer.member("outputTokens", share.outputTokens)
      writer.member("project", share.project)
      writer.member("resolvedServiceTier", share.resolvedServiceTier)
      writer.member("serviceTier", share.serviceTier)
      writer.member("throttles", share.throttles)
    }
  }

  private mutating func write(_ latency: UsageReport.Latency) {
    object { writer in
      writer.member("id", latency.id)
      writer.member("metric", latency.kind.metric.names[0])
      writer.member("p50", latency.p50)
      writer.member("p90", latency.p90)
      writer.member("p99", latency.p99)
    }
  }

  private mutating func write(peakAt at: Int, _ value: Double) {
    object { writer in
      writer.member("at", AWSDate.iso8601(at))
      writer.member("value", value)
    }
  }

  private mutating func write(_ peak: UsageReport.Peak) {
    object { writer in
      writer.member("adjustable", peak.adjustable)
      writer.member("appliedValue", peak.appliedValue)
      writer.member("at", peak.atSeconds.map(AWSDate.iso8601))
      writer.member("code", peak.code)
      writer.member("formulaValue", peak.formulaValue)
      writer.member("measure", peak.measure.rawValue)
      writer.member("metricValue", peak.metricValue)
      writer.member("minutesAbove80", peak.minutesAbove80)
      writer.member("note", peak.note)
      writer.member("p50", peak.p50)
      writer.member("p90", peak.p90)
      writer.member("p99", peak.p99)
      writer.member("quota", peak.quota)
      writer.member("utilization", peak.utilization)
      writer.member("value", peak.value)
    }
  }

  private mutating func write(_ point: UsageReport.Point) {
    object { writer in
      writer.member("at", AWSDate.iso8601(point.atSeconds))
      writer.member("inputTokens", point.inputTokens)
      writer.member("invocations", point.invocations)
      writer.member("outputTokens", point.outputTokens)
      writer.member("quotaTokens", point.quotaTokens)
      writer.member("throttles", point.throttles)
    }
  }
}
