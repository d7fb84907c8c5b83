-- What wrk measured, as one line of JSON. Latencies in microseconds.
done = function(summary, latency, _)
  local e = summary.errors
  io.stderr:write(string.format(
    '{"requests":%d,"duration":%d,"p50":%.1f,"p99":%.1f,"errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
