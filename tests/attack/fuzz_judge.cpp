#include "tests/attack/fuzz_judge.hpp"

#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"
#include "tests/attack/fuzz.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/store_fixture.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <format>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::test {
namespace {

using Document = std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)>;

/// Which table an operation's 201 is one more row of.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> rows_of{{
    {"put_session", "sessions"},
    {"put_exercise", "exercises"},
    {"put_vr_session", "vr_sessions"},
    {"put_bilateral_drawing", "bilateral_drawings"},
    {"put_session_intent", "session_intents"},
    {"put_reflection", "reflections"},
    {"put_safety_screening", "safety_screenings"},
    {"create_clinician", "clinicians"},
}};

/// Each counts what is wrong: none may be.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> totals{{
    {"people whose session numbers have gaps where none was deleted",
     "SELECT count(*) FROM (SELECT FROM sessions WHERE NOT EXISTS (SELECT FROM write_receipts "
     "WHERE "
     "user_id = sessions.user_id AND resource_type = 'session' AND deleted_at IS NOT NULL) GROUP "
     "BY "
     "user_id HAVING max(session_number) <> count(*) OR min(session_number) <> 1 OR count(DISTINCT "
     "session_number) <> count(*)) AS odd"},
    {"people whose progress counts other sessions than there are",
     "SELECT count(*) FROM user_progress AS kept WHERE total_sessions IS DISTINCT FROM (SELECT "
     "count(*) FROM sessions WHERE user_id = kept.user_id) OR completed_sessions IS DISTINCT FROM "
     "(SELECT count(*) FROM sessions WHERE user_id = kept.user_id AND status = 'completed')"},
    {"sessions in review that no open case holds",
     "SELECT count(*) FROM sessions WHERE status = 'hitl_review' AND NOT EXISTS (SELECT FROM "
     "hitl_escalations WHERE session_id = sessions.id AND review_status IN ('pending', "
     "'in_review', 'escalated'))"},
    {"rows of one person below a session of another",
     "SELECT (SELECT count(*) FROM exercises JOIN sessions ON sessions.id = session_id WHERE "
     "exercises.user_id <> sessions.user_id) + (SELECT count(*) FROM reflections JOIN sessions ON "
     "sessions.id = session_id WHERE reflections.user_id <> sessions.user_id) + (SELECT count(*) "
     "FROM bilateral_drawings AS d JOIN exercises ON exercises.id = d.exercise_id WHERE d.user_id "
     "<> exercises.user_id)"},
}};

std::string header(const Reply& reply, const std::string& name) {
    const auto found = reply.headers.find(name);
    return found == reply.headers.end() ? "" : found->second;
}

std::string text_at(const Document& document, const char* pointer) {
    yyjson_val* const value = yyjson_doc_ptr_get(document.get(), pointer);
    return yyjson_is_str(value) ? std::string(yyjson_get_str(value), yyjson_get_len(value)) : "";
}

} // namespace

FuzzJudge::FuzzJudge(const std::string& database_url, const FuzzWorld& world)
    : connection_(connect(database_url)), world_(world) {
    for (const auto& [operation, table] : rows_of) {
        rows_before_[std::string(table)] = number(std::format("SELECT count(*) FROM {}", table));
    }
    pass_over_rows();
}

std::int64_t FuzzJudge::number(const std::string& sql) {
    const auto rows = connection_.query(sql);
    if (!rows) {
        throw std::runtime_error(sql + ": " + store::describe(rows.error()));
    }
    return rows->front().get<std::int64_t>(0);
}

void FuzzJudge::pass_over_rows() {
    last_row_ = number("SELECT coalesce(max(id), 0)::bigint FROM audit_logs");
}

std::vector<FuzzJudge::AuditRow> FuzzJudge::new_rows() {
    const auto rows = connection_.query(
        "SELECT id, coalesce(request_id, '') AS request_id, coalesce(user_id::text, '') AS "
        "user_id, coalesce(clinician_id, service_id, user_id)::text AS actor_id, "
        "coalesce(response_status, 0) AS status FROM audit_logs WHERE id > $1 ORDER BY id",
        last_row_);
    if (!rows) {
        throw std::runtime_error(store::describe(rows.error()));
    }
    std::vector<AuditRow> found;
    for (const store::Row row : *rows) {
        last_row_ = row.get<std::int64_t>("id");
        found.push_back(
            {.request_id = row.get<std::string>("request_id"),
             .user_id = row.get<std::string>("user_id"),
             .actor_id = row.is_null("actor_id") ? "" : row.get<std::string>("actor_id"),
             .status = row.get<std::int32_t>("status")});
    }
    return found;
}

std::vector<std::string> FuzzJudge::faults_of(const FuzzRequest& request, const Reply& reply) {
    faults_.clear();
    if (reply.status == 0) {
        fault("no answer: " + reply.error);
        return std::move(faults_);
    }
    judge_form(request, reply);
    if (reply.status >= 400) {
        judge_problem(request, reply);
    }
    judge_privacy(request, reply);
    judge_audit(request, reply);
    for (const auto& [operation, table] : rows_of) {
        if (operation == request.operation->id && reply.status == 201) {
            ++created_[std::string(table)];
        }
    }
    return std::move(faults_);
}

void FuzzJudge::judge_form(const FuzzRequest& request, const Reply& reply) {
    const bool success = reply.status >= 200 && reply.status < 300;
    const bool off_route =
        request.off_route && (reply.status == 404 || reply.status == 405 || reply.status == 400);
    if (reply.status >= 500) {
        fault("a server's error");
    } else if (!request.operation->statuses.contains(reply.status) && !off_route) {
        fault("the document does not know this status of " + request.operation->id);
    }
    if (success && request.expected != Expected::anything) {
        fault("what breaks the document's rules was taken");
    }
    if (reply.status == 422 && request.expected == Expected::malformed) {
        fault("what is no JSON is malformed: 400");
    }
    if (header(reply, "x-request-id").empty()) {
        fault("no X-Request-Id");
    }
    if (success && header(reply, "content-type").starts_with("application/json")) {
        const Document document(
            yyjson_read(reply.body.data(), reply.body.size(), YYJSON_READ_NOFLAG),
            &yyjson_doc_free);
        if (!document) {
            fault("the answer is no JSON in UTF-8");
        }
    }
}

void FuzzJudge::judge_problem(const FuzzRequest& request, const Reply& reply) {
    const bool of_oauth = request.operation->form && (reply.status == 400 || reply.status == 401) &&
                          header(reply, "content-type") == "application/json";
    if (of_oauth) {
        if (!reply.body.starts_with(R"({"error":")")) {
            fault("an error that is none of OAuth");
        }
        return;
    }
    if (header(reply, "content-type") != "application/problem+json") {
        fault("an error that is no problem+json: " + header(reply, "content-type"));
        return;
    }
    const Document document(yyjson_read(reply.body.data(), reply.body.size(), YYJSON_READ_NOFLAG),
                            &yyjson_doc_free);
    if (!document) {
        fault("the problem document is no JSON in UTF-8");
        return;
    }
    if (!text_at(document, "/type").starts_with("/problems/") ||
        text_at(document, "/title").empty() || text_at(document, "/request_id").empty()) {
        fault("the problem document lacks its type, title or request_id");
    }
    if (yyjson_get_int(yyjson_doc_ptr_get(document.get(), "/status")) != reply.status) {
        fault("the problem document says another status");
    }
    yyjson_val* const errors = yyjson_doc_ptr_get(document.get(), "/errors");
    if (reply.status == 422 && yyjson_arr_size(errors) == 0) {
        fault("a 422 that points to nothing");
    }
    yyjson_arr_iter each = yyjson_arr_iter_with(errors);
    while (yyjson_val* one = yyjson_arr_iter_next(&each)) {
        if (yyjson_get_len(yyjson_obj_get(one, "pointer")) == 0 && !request.of_the_whole) {
            fault("an error whose pointer is empty");
        }
    }
}

bool FuzzJudge::may_see(const FuzzActor& actor, std::size_t person) {
    switch (actor.kind) {
    case FuzzActor::Kind::service:
        return true;
    case FuzzActor::Kind::person:
        return actor.person == person;
    case FuzzActor::Kind::clinician:
        return number(std::format(
                   "SELECT (SELECT count(*) FROM clinicians WHERE id = '{}' AND role = "
                   "'supervisor') + (SELECT count(*) FROM clinician_assignments WHERE "
                   "clinician_id = '{}' AND user_id = '{}' AND ended_at IS NULL)",
                   actor.client->id, actor.client->id, world_.people()[person].user_id)) > 0;
    case FuzzActor::Kind::nobody:
        return false;
    }
    std::unreachable();
}

void FuzzJudge::judge_privacy(const FuzzRequest& request, const Reply& reply) {
    std::string answer = reply.body;
    for (const auto& [name, value] : reply.headers) {
        answer += "\n" + value;
    }
    for (std::size_t i = 0; i < world_.people().size(); ++i) {
        const FuzzPerson& person = world_.people()[i];
        const std::pair asked(request.actor->client->id, person.user_id);
        const bool said =
            request.path.contains(person.user_id) || request.body.contains(person.user_id);
        if (said) {
            asked_for_.insert(asked);
        }
        const bool of_own_record =
            request.operation->id == "list_audit_logs" && asked_for_.contains(asked);
        const bool by_id =
            !request.operation->open && !said && !of_own_record && answer.contains(person.user_id);
        const bool by_text =
            answer.contains(person.canary) ||
            (answer.contains(person.email) && !request.body.contains(person.email));
        if ((by_id || by_text) && !may_see(*request.actor, i)) {
            fault(std::format("the answer holds {} of {}", by_text ? "what is" : "the id",
                              person.canary));
        }
    }
}

void FuzzJudge::judge_audit(const FuzzRequest& request, const Reply& reply) {
    const std::vector<AuditRow> rows = new_rows();
    const bool success = reply.status >= 200 && reply.status < 300;
    const FuzzActor& actor = *request.actor;
    for (const AuditRow& row : rows) {
        if (row.request_id != header(reply, "x-request-id")) {
            fault("an audit row of no request: " + row.request_id);
        }
        if (row.status != reply.status) {
            fault(std::format("an audit row says {}", row.status));
        }
    }
    const bool logs_in = request.operation->id == "log_in";
    if (logs_in && (success || reply.status == 401) && rows.size() != 1) {
        fault(std::format("{} audit rows of a log-in", rows.size()));
    }
    const bool nobody = actor.kind == FuzzActor::Kind::nobody || request.operation->open ||
                        request.off_route || reply.status == 401 || reply.status == 429;
    if (nobody) {
        return;
    }
    if (rows.empty()) {
        fault("no audit row");
        return;
    }
    if (actor.kind == FuzzActor::Kind::person && rows.size() != 1) {
        fault(std::format("{} audit rows of one request of a person", rows.size()));
    }
    for (const AuditRow& row : rows) {
        if (row.actor_id != actor.client->id) {
            fault("an audit row does not name who asked");
        }
    }
    const std::string owner = world_.owner_of(request.path_id);
    if (success && !owner.empty() && !std::ranges::contains(rows, owner, &AuditRow::user_id)) {
        fault("no audit row names the person whose data it was");
    }
}

std::vector<std::string> FuzzJudge::faults_of_totals() {
    faults_.clear();
    for (const auto& [what, sql] : totals) {
        if (const std::int64_t count = number(std::string(sql)); count != 0) {
            fault(std::format("{}: {}", what, count));
        }
    }
    for (const auto& [table, before] : rows_before_) {
        const std::int64_t added = number(std::format("SELECT count(*) FROM {}", table)) - before;
        // Of what was deleted there are receipts, and of what came late below that; of a screening,
        // which goes with its session, there are none.
        const std::int64_t gone =
            number(std::format("SELECT count(*) FROM write_receipts WHERE deleted_at IS NOT NULL "
                               "AND resource_type = left('{}', -1)",
                               table));
        const bool too_few = table != "safety_screenings" && added + gone < created_[table];
        if (table != "clinicians" && (too_few || added > created_[table])) {
            fault(std::format("{} rows of {} for {} that were answered 201", added, table,
                              created_[table]));
        }
    }
    return std::move(faults_);
}

} // namespace haven::test
