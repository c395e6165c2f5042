// The types in Bedquota's API: credentials, token usage, quotas, refusals. A program needs to import only Bedquota.
@_exported public import AWSClient
@_exported public import AWSWire
@_exported public import BedrockQuotas

// Not all of AdmissionControl: names such as Request and Limit are other libraries' too.
@_exported public import struct AdmissionControl.LimiterConfiguration
@_exported public import struct AdmissionControl.Refusal
