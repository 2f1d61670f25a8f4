#pragma once

#include "tests/attack/made_values.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/one_life.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {

/// Whose data there is. What is written for or by them carries their canary.
struct FuzzPerson {
    std::string user_id;
    std::string email;
    std::string canary;
    std::map<std::string, std::vector<std::string>, std::less<>> ids; ///< "sessions": ...
    bool closed = false;                                              ///< the account
};

/// One kind of who asks.
struct FuzzActor {
    enum class Kind : std::uint8_t { person, clinician, service, nobody };
    std::string name; ///< "person", "headset", "other person", "reviewer", ...
    Kind kind = Kind::nobody;
    std::string role;   ///< of a clinician
    std::size_t person; ///< whose token it is; of others: nobody's
    std::unique_ptr<HttpClient> client;
};

/// The people, who asks, and which ids there are. Two whole lives to begin with.
class FuzzWorld {
  public:
    FuzzWorld(const TestServer& server, Dice& dice);

    [[nodiscard]] std::vector<FuzzActor>& actors() { return actors_; }
    [[nodiscard]] const std::vector<FuzzPerson>& people() const { return people_; }
    [[nodiscard]] FuzzPerson& person(std::size_t number) { return people_[number]; }
    /// Those whose accounts are open.
    [[nodiscard]] const std::vector<std::size_t>& present() const { return present_; }

    /// An id for a place where one of `kind` is wanted ("sessions"): mostly one of the person's,
    /// where `foreign` sometimes another's, sometimes nobody's.
    [[nodiscard]] std::string id_for(std::string_view kind, std::size_t person, bool foreign);
    /// The kind that a member of this name refers to ("session_id": "sessions"); empty: none.
    [[nodiscard]] static std::string kind_of_member(std::string_view name);
    void add_id(std::size_t person, std::string_view kind, const std::string& id);
    /// The user's id of whose this is, as far as it is known.
    [[nodiscard]] std::string owner_of(const std::string& id) const;
    /// Ids that are nobody's own: cases, crises, clinicians.
    void add_shared(std::string_view kind, const std::string& id);

    /// Whoever lost their token gets a new one; who closed their account leaves, and another comes.
    void revive(FuzzActor& actor);
    void close(std::size_t person);
    /// Nobody stays suspended, demoted or without consent for long.
    void tend();

  private:
    void add_life(const std::string& canary);
    [[nodiscard]] std::size_t add_person(const std::string& user_id, const std::string& canary);
    [[nodiscard]] std::unique_ptr<HttpClient> logged_in(const FuzzPerson& person) const;

    const TestServer& server_;
    Dice& dice_;
    std::vector<std::unique_ptr<OneLife>> lives_;
    std::vector<FuzzPerson> people_;
    std::vector<std::size_t> present_;
    std::vector<FuzzActor> actors_;
    std::map<std::string, std::string> owners_;
    std::map<std::string, std::vector<std::string>, std::less<>> shared_;
};

/// Tells where a request of the fuzzer comes from: log-in is limited by network.
[[nodiscard]] std::string from_address(std::size_t number);

} // namespace haven::test
