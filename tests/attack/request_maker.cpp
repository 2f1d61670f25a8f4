#include "tests/attack/fuzz.hpp"

#include "tests/attack/api_document.hpp"
#include "tests/attack/fuzz_world.hpp"
#include "tests/attack/made_values.hpp"
#include "tests/integration/http_fixture.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <format>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

/// "/v1/sessions/{id}/end": "sessions"; "/v1/users/me/reminders/{id}": "reminders".
std::string kind_of_path(std::string_view path) {
    for (const std::string_view prefix : {"/v1/", "users/me/"}) {
        path.remove_prefix(path.starts_with(prefix) ? prefix.size() : 0);
    }
    return std::string(path.substr(0, path.find('/')));
}

bool creates(const ApiOperation& operation) {
    return operation.method == "PUT" && operation.path.ends_with("/{id}") &&
           operation.path != "/v1/clinicians/{id}";
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
        out += plain ? std::string(1, c) : std::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

/// What is not about one person.
bool is_shared(const ApiOperation& operation) {
    const std::string kind = kind_of_path(operation.path);
    return kind == "prompts" || kind == "tts-cache" || kind == "clinicians" ||
           kind == "daily-metrics" || operation.open;
}

} // namespace

void RequestMaker::learn_cursor(const std::string& cursor) {
    if (cursors_.size() < 50) {
        cursors_.push_back(cursor);
    } else {
        cursors_[dice_.below(cursors_.size())] = cursor;
    }
}

void RequestMaker::learn_refused(const FuzzRequest& request) {
    refused_.insert(request.operation->id + " " + request.actor->name);
}

/// Anybody, but mostly those who may.
FuzzActor& RequestMaker::pick_actor(const ApiOperation& operation) {
    std::size_t picked = dice_.below(world_.actors().size());
    for (int again = 0; again < 6; ++again) {
        const FuzzActor& actor = world_.actors()[picked];
        if (!refused_.contains(operation.id + " " + actor.name) || dice_.one_in(20)) {
            break;
        }
        picked = dice_.below(world_.actors().size());
    }
    return world_.actors()[picked];
}

Subject RequestMaker::subject_of(const FuzzRequest& request) {
    const FuzzActor& actor = *request.actor;
    const bool theirs =
        actor.kind == FuzzActor::Kind::person || actor.kind == FuzzActor::Kind::service;
    const bool foreign = actor.kind == FuzzActor::Kind::person;
    const FuzzPerson& person = world_.person(request.subject);
    return {.canary = theirs && !is_shared(*request.operation) ? person.canary : "plain words",
            .id_of =
                [this, subject = request.subject, foreign](std::string_view name) {
                    const std::string kind = FuzzWorld::kind_of_member(name);
                    return kind.empty() ? dice_.id() : world_.id_for(kind, subject, foreign);
                },
            .email =
                [this, &person] {
                    return dice_.one_in(2) ? person.email
                                           : std::format("nobody{}@example.org", dice_.next());
                }};
}

FuzzRequest RequestMaker::make(std::size_t number) {
    FuzzRequest request{.number = number, .operation = &dice_.pick(document_.operations())};
    request.actor = &pick_actor(*request.operation);
    request.subject = request.actor->kind == FuzzActor::Kind::person ? request.actor->person
                                                                     : dice_.pick(world_.present());
    const Subject subject = subject_of(request);
    request.headers = {from_address(number), "User-Agent: fuzz " + subject.canary};
    if (dice_.one_in(50)) {
        request.headers.emplace_back("User-Agent: \xFF odd \xC3");
    }
    add_path(request, subject);
    add_query(request, subject);
    if (request.operation->octets) {
        add_octets(request);
    } else if (request.operation->form) {
        add_form(request);
    } else if (request.operation->body != nullptr) {
        add_body(request, subject);
    }
    return request;
}

std::string RequestMaker::path_id(const FuzzRequest& request) {
    const bool foreign = request.actor->kind == FuzzActor::Kind::person;
    if (creates(*request.operation) && !dice_.one_in(3)) {
        return dice_.id();
    }
    return world_.id_for(kind_of_path(request.operation->path), request.subject, foreign);
}

std::string RequestMaker::place(const FuzzRequest& request, const std::string& name,
                                const Subject& subject) {
    if (name == "user_id") {
        return subject.id_of(name);
    }
    if (name == "prompt_id") {
        return dice_.one_in(2) ? "TJ-EX-SPRINT-v1" : std::format("TJ-FUZZ-{}-v1", dice_.below(20));
    }
    if (name == "text_hash") {
        return sha256_hex(std::format("calm\n{}", dice_.below(20)));
    }
    if (name == "offset" && dice_.one_in(2)) {
        return "0";
    }
    for (const ApiParameter& known : request.operation->places) {
        if (known.name == name) {
            return percent_encoded(values_.make_text(known, subject));
        }
    }
    return "x";
}

void RequestMaker::add_path(FuzzRequest& request, const Subject& subject) {
    static const std::vector<std::string> odd{"not-an-id", "%00", "..", "0190163d", "%FF", "null"};
    request.path = request.operation->path;
    request.off_route = dice_.one_in(40) && request.path.contains('{');
    for (std::size_t at = request.path.find('{'); at != std::string::npos;
         at = request.path.find('{')) {
        const std::string name = request.path.substr(at + 1, request.path.find('}') - at - 1);
        std::string value = name == "id" ? path_id(request) : place(request, name, subject);
        if (name == "id") {
            request.path_id = value;
        }
        if (request.off_route) {
            value = dice_.pick(odd);
        }
        request.path.replace(at, name.size() + 2, value);
    }
}

void RequestMaker::add_query(FuzzRequest& request, const Subject& subject) {
    char separator = '?';
    const auto add = [&](const std::string& name, const std::string& value) {
        request.path += std::format("{}{}={}", separator, name, percent_encoded(value));
        separator = '&';
    };
    for (const ApiParameter& parameter : request.operation->query) {
        if (!parameter.required && parameter.name != "once" && !dice_.one_in(3)) {
            continue;
        }
        if (parameter.name == "once") {
            add(parameter.name, "true"); // else it has no end
        } else if (parameter.name == "cursor") {
            add(parameter.name, dice_.pick(cursors_));
        } else if (dice_.one_in(10)) {
            add(parameter.name, "\xFF odd");
        } else {
            for (const std::string& text : values_.make_texts(parameter, subject)) {
                add(parameter.name, text);
            }
        }
    }
    if (dice_.one_in(50)) {
        add("zz", "1");
        request.expected = Expected::refused;
    }
}

void RequestMaker::add_body(FuzzRequest& request, const Subject& subject) {
    JsonNode value = values_.make(request.operation->body, "", subject);
    const bool drawing = request.operation->id == "put_bilateral_drawing";
    if (dice_.one_in(3)) {
        Mutated mutated = values_.mutate(std::move(value), request.operation->body);
        request.body = std::move(mutated.text);
        request.expected = std::max(request.expected, mutated.expected);
        request.of_the_whole = mutated.of_the_whole;
    } else if (drawing) { // ink that a schema alone does not make
        request.body =
            drawing_body(subject.id_of("exercise_id"), subject.id_of("vr_session_id"), 1, 20);
    } else {
        request.body = value.text();
    }
    const bool other_type = dice_.one_in(40);
    if (other_type && request.expected == Expected::anything) {
        request.expected = Expected::refused;
    }
    if (other_type) {
        request.headers.emplace_back("Content-Type: text/plain");
        return;
    }
    std::ranges::copy(usual_headers(request.operation->method, request.path),
                      std::back_inserter(request.headers));
}

void RequestMaker::add_form(FuzzRequest& request) {
    static const std::array<std::string, 8> forms{"grant_type=refresh_token&refresh_token=" +
                                                      std::string(43, 'A'),
                                                  "token=" + std::string(43, 'A'),
                                                  "token=%00",
                                                  "token=%FF&token=1",
                                                  "grant_type=password",
                                                  "grant_type=refresh_token&refresh_token=%ZZ",
                                                  "&&&=",
                                                  "{}"};
    request.body = dice_.pick(forms);
    request.headers.emplace_back("Content-Type: application/x-www-form-urlencoded");
}

void RequestMaker::add_octets(FuzzRequest& request) {
    static const std::array<std::string, 4> files{
        std::string("OggS") + std::string(40, '\0'), "ID3 and so on",
        std::string("\x89PNG\r\n\x1A\n", 8) + std::string(20, 'x'), "no file at all"};
    request.body = request.operation->id == "put_trace_chunk" && !dice_.one_in(3)
                       ? trace_bytes(20)
                       : dice_.pick(files);
    request.headers.emplace_back("Content-Type: application/octet-stream");
    if (!dice_.one_in(5)) {
        request.headers.push_back(content_digest(request.body));
    }
}

} // namespace haven::test
