#include "net/api/codec.hpp"

#include "net/api/json_reader.hpp"
#include "net/api/json_rules.hpp"
#include "net/api/json_writer.hpp"
#include "net/api/members.hpp"
#include "net/api/records.hpp"

#include <expected>
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

template <typename Record>
std::string encode_page(const Page<Record>& page) {
    detail::Writer writer;
    writer.begin_array("items");
    for (const Record& item : page.items) {
        writer.begin_item();
        detail::visit(writer, item);
    }
    writer.end_items();
    writer.member("next_cursor", page.next_cursor, detail::text_rule);
    return writer.text();
}

} // namespace

Decoded<Registration> decode_registration(std::string_view body) {
    return decode_request<Registration>(body);
}
Decoded<Credentials> decode_credentials(std::string_view body) {
    return decode_request<Credentials>(body);
}
Decoded<Session> decode_session(std::string_view body) {
    return decode_request<Session>(body);
}
Decoded<Exercise> decode_exercise(std::string_view body) {
    return decode_request<Exercise>(body);
}
Decoded<ExerciseEnd> decode_exercise_end(std::string_view body) {
    return decode_request<ExerciseEnd>(body);
}
Decoded<VrSession> decode_vr_session(std::string_view body) {
    return decode_request<VrSession>(body);
}
Decoded<VrSessionMetrics> decode_vr_session_metrics(std::string_view body) {
    return decode_request<VrSessionMetrics>(body);
}
Decoded<VrSessionEnd> decode_vr_session_end(std::string_view body) {
    return decode_request<VrSessionEnd>(body);
}
Decoded<BilateralDrawing> decode_bilateral_drawing(std::string_view body) {
    return decode_request<BilateralDrawing>(body);
}
Decoded<BilateralDrawingView> decode_bilateral_drawing_view(std::string_view body) {
    return decode_request<BilateralDrawingView>(body);
}
Decoded<TraceCompletion> decode_trace_completion(std::string_view body) {
    return decode_request<TraceCompletion>(body);
}

Decoded<Created> decode_created(std::string_view body) {
    return decode_answer<Created>(body);
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
Decoded<StoredSession> decode_stored_session(std::string_view body) {
    return decode_answer<StoredSession>(body);
}
Decoded<StoredExercise> decode_stored_exercise(std::string_view body) {
    return decode_answer<StoredExercise>(body);
}
Decoded<StoredVrSession> decode_stored_vr_session(std::string_view body) {
    return decode_answer<StoredVrSession>(body);
}
Decoded<StoredBilateralDrawing> decode_stored_bilateral_drawing(std::string_view body) {
    return decode_answer<StoredBilateralDrawing>(body);
}

std::string encode(const Registration& record) {
    return encode_record(record);
}
std::string encode(const Credentials& record) {
    return encode_record(record);
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
std::string encode(const BilateralDrawing& record) {
    return encode_record(record);
}
std::string encode(const TraceCompletion& record) {
    return encode_record(record);
}
std::string encode(const Created& record) {
    return encode_record(record);
}
std::string encode(const Receipt& record) {
    return encode_record(record);
}
std::string encode(const TokenGrant& record) {
    return encode_record(record);
}
std::string encode(const TokenBearer& record) {
    return encode_record(record);
}
std::string encode(const TraceOffset& record) {
    return encode_record(record);
}
std::string encode(const StoredSession& record) {
    return encode_record(record);
}
std::string encode(const StoredExercise& record) {
    return encode_record(record);
}
std::string encode(const StoredVrSession& record) {
    return encode_record(record);
}
std::string encode(const StoredBilateralDrawing& record) {
    return encode_record(record);
}

std::string encode(const Page<StoredSession>& page) {
    return encode_page(page);
}
std::string encode(const Page<StoredExercise>& page) {
    return encode_page(page);
}
std::string encode(const Page<StoredVrSession>& page) {
    return encode_page(page);
}
std::string encode(const Page<StoredBilateralDrawing>& page) {
    return encode_page(page);
}

} // namespace haven::api
