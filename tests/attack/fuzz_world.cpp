#include "tests/attack/fuzz_world.hpp"

#include "tests/attack/made_values.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/one_life.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <format>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

constexpr std::size_t nobody = static_cast<std::size_t>(-1);
constexpr const char* home = "X-Forwarded-For: 203.0.113.1";

std::unique_ptr<HttpClient> moved(HttpClient client) {
    return std::make_unique<HttpClient>(std::move(client));
}

} // namespace

std::string from_address(std::size_t number) {
    return std::format("X-Forwarded-For: 198.18.{}.{}", number / 250 % 250, number % 250);
}

FuzzWorld::FuzzWorld(const TestServer& server, Dice& dice) : server_(server), dice_(dice) {
    add_life("canary-ada");
    add_life("canary-ben");
    using Kind = FuzzActor::Kind;
    const auto add = [this](std::string name, Kind kind, std::string role, std::size_t person,
                            std::unique_ptr<HttpClient> client) {
        actors_.push_back({.name = std::move(name),
                           .kind = kind,
                           .role = std::move(role),
                           .person = person,
                           .client = std::move(client)});
    };
    OneLife& ada = *lives_[0];
    add("person", Kind::person, "", 0, logged_in(people_[0]));
    add("headset", Kind::person, "", 0, logged_in(people_[0]));
    add("other person", Kind::person, "", 1, logged_in(people_[1]));
    add("reviewer", Kind::clinician, "reviewer", nobody, moved(std::move(ada.reviewer)));
    add("senior", Kind::clinician, "senior", nobody, moved(server.new_clinician("senior")));
    add("supervisor", Kind::clinician, "supervisor", nobody, moved(std::move(ada.supervisor)));
    add("service", Kind::service, "", nobody, moved(std::move(ada.service)));
    add("nobody", Kind::nobody, "", nobody, moved(server.client()));
}

void FuzzWorld::add_life(const std::string& canary) {
    const OneLife& life = *lives_.emplace_back(std::make_unique<OneLife>(server_));
    const std::size_t person = add_person(life.user.id, canary);
    const std::array<std::pair<const char*, const std::string*>, 11> rows{
        {{"sessions", &life.ids.session},
         {"exercises", &life.ids.exercise},
         {"exercises", &life.text_exercise},
         {"vr-sessions", &life.ids.vr_session},
         {"bilateral-drawings", &life.ids.drawing},
         {"exercise-artifacts", &life.artifact},
         {"session-intents", &life.intent},
         {"reflections", &life.reflection},
         {"safety-screenings", &life.screening},
         {"consents", &life.consent},
         {"agent-outputs", &life.agent_output}}};
    for (const auto& [kind, id] : rows) {
        add_id(person, kind, *id);
    }
    add_id(person, "notifications", life.notification);
    add_id(person, "reminders", life.reminder);
    add_id(person, "crisis-logs", life.crisis);
    add_shared("hitl-escalations", life.escalation);
    add_shared("webhooks", life.webhook);
    add_shared("services", life.service.id);
    add_shared("clinicians", life.reviewer.id);
    add_shared("clinicians", life.supervisor.id);
}

std::size_t FuzzWorld::add_person(const std::string& user_id, const std::string& canary) {
    const std::string email = sql_text(
        server_.config().database_url,
        std::format("UPDATE users SET full_name = '{} Lovelace' WHERE id = '{}' RETURNING email",
                    canary, user_id));
    people_.push_back({.user_id = user_id, .email = email, .canary = canary});
    const std::size_t person = people_.size() - 1;
    present_.push_back(person);
    add_id(person, "users", user_id);
    return person;
}

std::unique_ptr<HttpClient> FuzzWorld::logged_in(const FuzzPerson& person) const {
    auto client = std::make_unique<HttpClient>(server_.client());
    const Reply grant = client->send("POST", "/v1/auth/tokens", credentials_body(person.email),
                                     {"Content-Type: application/json", home});
    client->token = grant.member("access_token");
    client->id = person.user_id;
    if (client->token.empty()) {
        throw std::runtime_error("a person of the fuzzer cannot log in: " + grant.body);
    }
    return client;
}

std::string FuzzWorld::kind_of_member(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kinds{
        {{"session_id", "sessions"},
         {"parent_session_id", "sessions"},
         {"exercise_id", "exercises"},
         {"vr_session_id", "vr-sessions"},
         {"bilateral_drawing_id", "bilateral-drawings"},
         {"user_id", "users"},
         {"clinician_id", "clinicians"},
         {"service_id", "services"}}};
    const auto known = std::ranges::find(kinds, name, [](const auto& pair) { return pair.first; });
    return known == kinds.end() ? "" : std::string(known->second);
}

std::string FuzzWorld::id_for(std::string_view kind, std::size_t person, bool foreign) {
    const std::size_t throw_of = dice_.below(100);
    if (foreign && throw_of < 12) {
        person = dice_.below(people_.size());
    } else if (throw_of < 20) {
        return dice_.id();
    }
    if (const auto shared = shared_.find(kind); shared != shared_.end()) {
        return dice_.pick(shared->second);
    }
    const auto known = people_[person].ids.find(kind);
    return known == people_[person].ids.end() ? dice_.id() : dice_.pick(known->second);
}

void FuzzWorld::add_id(std::size_t person, std::string_view kind, const std::string& id) {
    if (owners_.emplace(id, people_[person].user_id).second) {
        people_[person].ids[std::string(kind)].push_back(id);
    }
}

std::string FuzzWorld::owner_of(const std::string& id) const {
    const auto known = owners_.find(id);
    return known == owners_.end() ? "" : known->second;
}

void FuzzWorld::add_shared(std::string_view kind, const std::string& id) {
    if (id.empty()) {
        return;
    }
    std::vector<std::string>& known = shared_[std::string(kind)];
    if (!std::ranges::contains(known, id)) {
        known.push_back(id);
    }
}

void FuzzWorld::close(std::size_t person) {
    people_[person].closed = true;
    std::erase(present_, person);
    const HttpClient user = server_.new_user();
    const std::size_t next =
        add_person(user.id, std::format("canary-{}-person", people_.size() + 1));
    for (FuzzActor& actor : actors_) {
        if (actor.person == person) {
            actor.person = next;
            actor.client = logged_in(people_[next]);
        }
    }
}

void FuzzWorld::revive(FuzzActor& actor) {
    switch (actor.kind) {
    case FuzzActor::Kind::person:
        tend();
        actor.client = logged_in(people_[actor.person]);
        return;
    case FuzzActor::Kind::clinician:
        actor.client = moved(server_.new_clinician(actor.role));
        add_shared("clinicians", actor.client->id);
        return;
    case FuzzActor::Kind::service:
        actor.client = moved(server_.new_service("web"));
        return;
    case FuzzActor::Kind::nobody:
        return;
    }
}

void FuzzWorld::tend() {
    const std::string& url = server_.config().database_url;
    for (const std::size_t person : present_) {
        sql_do(url, std::format("UPDATE users SET status = 'active' WHERE id = '{}' AND status = "
                                "'suspended'",
                                people_[person].user_id));
    }
    for (const FuzzActor& actor : actors_) {
        if (actor.kind == FuzzActor::Kind::clinician) {
            sql_do(url, std::format("UPDATE clinicians SET role = '{}', status = 'active' WHERE id "
                                    "= '{}' AND (role, status) <> ('{}', 'active')",
                                    actor.role, actor.client->id, actor.role));
        }
        if (actor.kind == FuzzActor::Kind::person && actor.name != "headset") {
            (void)actor.client->send(
                "PUT", "/v1/consents/" + dice_.id(),
                R"({"consent_type":"data_processing","consent_version":"v2.0",)"
                R"("consent_given":true})",
                {"Content-Type: application/json", home});
        }
    }
}

} // namespace haven::test
