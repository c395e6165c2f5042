// What Bedquota's API speaks of: credentials, token usage, quotas, limits and refusals. A program needs to import Bedquota alone.
@_exported public import AWSClient
@_exported public import AWSWire
@_exported public import AdmissionControl
@_exported public import BedrockQuotas
