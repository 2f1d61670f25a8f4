#include "net/api/codec.hpp"

#include "net/api/json_reader.hpp"
#include "net/api/json_rules.hpp"
#include "net/api/json_writer.hpp"
#include "net/api/members.hpp"
#include "net/api/records.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::api {
namespace {

template <typename Record>
Decoded<Record> decode(std::string_view body, detail::Unknown unknown) {
    detail::Reader reader(body, unknown);
    Record record;
    detail::visit(reader, record);
    std::vector<BodyError> errors = reader.finish();
    if (!errors.empty()) {
        return std::unexpected(std::move(errors));
    }
    return record;
}

template <typename Record>
Decoded<Record> decode_request(std::string_view body) {
    return decode<Record>(body, detail::Unknown::refused);
}

template <typename Record>
Decoded<Record> decode_answer(std::string_view body) {
    return decode<Record>(body, detail::Unknown::passed_over);
}

template <typename Record>
std::string encode_record(const Record& record) {
    detail::Writer writer;
    detail::visit(writer, record);
    return writer.text();
}

} // namespace

Decoded<Registration> decode_registration(std::string_view body) {
    return decode_request<Registration>(body);
}
Decoded<BilateralDrawingView> decode_bilateral_drawing_view(std::string_view body) {
    return decode_request<BilateralDrawingView>(body);
}
Decoded<TraceCompletion> decode_trace_completion(std::string_view body) {
    return decode_request<TraceCompletion>(body);
}

Decoded<Receipt> decode_receipt(std::string_view body) {
    return decode_answer<Receipt>(body);
}
Decoded<TokenGrant> decode_token_grant(std::string_view body) {
    return decode_answer<TokenGrant>(body);
}

Decoded<TokenBearer> decode_token_bearer(std::string_view body) {
    return decode_answer<TokenBearer>(body);
}
Decoded<TraceOffset> decode_trace_offset(std::string_view body) {
    return decode_answer<TraceOffset>(body);
}
std::optional<bool> decode_motion_consent(std::string_view body) {
    detail::Reader matters(body, detail::Unknown::passed_over);
    std::string_view matter;
    matters.member("motion_trace", matter, detail::RawObject{});
    if (!matters.finish().empty()) {
        return std::nullopt;
    }
    detail::Reader word(matter, detail::Unknown::passed_over);
    bool given = false;
    word.member("given", given, detail::Flag{});
    return word.finish().empty() ? std::optional(given) : std::nullopt;
}

std::string encode(const Session& record) {
    return encode_record(record);
}
std::string encode(const Exercise& record) {
    return encode_record(record);
}
std::string encode(const ExerciseEnd& record) {
    return encode_record(record);
}
std::string encode(const VrSession& record) {
    return encode_record(record);
}
std::string encode(const VrSessionMetrics& record) {
    return encode_record(record);
}
std::string encode(const VrSessionEnd& record) {
    return encode_record(record);
}
std::string encode(const SessionEvent& record) {
    return encode_record(record);
}
std::string encode(const BilateralDrawing& record) {
    return encode_record(record);
}
std::string encode(const TraceCompletion& record) {
    return encode_record(record);
}
std::string encode(const Receipt& record) {
    return encode_record(record);
}
std::string encode(const TraceOffset& record) {
    return encode_record(record);
}

} // namespace haven::api
