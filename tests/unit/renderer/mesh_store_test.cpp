#include "renderer/scene/mesh_store.hpp"

#include "renderer/scene/chunks.hpp"
#include "renderer/scene/scene.hpp"
#include "renderer/scene/thin.hpp"
#include "tests/golden/box_room.hpp"
#include "tests/support/process.hpp"

#include <glm/vec3.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

class MeshStoreTest : public ::testing::Test {
  protected:
    MeshStoreTest() {
        room.mesh = haven::testing::box_room().mesh;
        room.chunks = cut_into_chunks(room.mesh, 128, true);
    }
    std::size_t files() const {
        std::size_t count = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
            count += entry.is_regular_file() ? 1 : 0;
        }
        return count;
    }

    test::TempDirectory folder;
    ReadyMesh room;
};

TEST_F(MeshStoreTest, WhatIsKeptIsFoundAgain) {
    const MeshStore store(folder.path());
    EXPECT_FALSE(store.find(7));
    store.keep(7, room);
    const auto found = MeshStore(folder.path()).find(7);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->mesh.indices, room.mesh.indices);
    ASSERT_EQ(found->mesh.vertices.size(), room.mesh.vertices.size());
    EXPECT_EQ(found->mesh.vertices.back().position_m, room.mesh.vertices.back().position_m);
    ASSERT_EQ(found->chunks.size(), room.chunks.size());
    EXPECT_EQ(found->chunks.back().turned_away, room.chunks.back().turned_away);
    EXPECT_FALSE(store.find(8));
}

TEST_F(MeshStoreTest, WhatIsDamagedOrCutShortIsNotThere) {
    const MeshStore store(folder.path());
    store.keep(7, room);
    const auto file = std::filesystem::directory_iterator(folder.path())->path();
    const std::string whole = test::read_text(file);
    for (const std::size_t at : {std::size_t{0}, std::size_t{30}, whole.size() / 2}) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        test::write_text(file, damaged);
        EXPECT_FALSE(store.find(7)) << at;
        test::write_text(file, whole.substr(0, at));
        EXPECT_FALSE(store.find(7)) << at;
    }
    test::write_text(file, whole);
    EXPECT_TRUE(store.find(7));
}

TEST_F(MeshStoreTest, OneMeshUnderAnothersNameIsNotTaken) {
    const MeshStore store(folder.path());
    store.keep(7, room);
    const auto file = std::filesystem::directory_iterator(folder.path())->path();
    std::filesystem::rename(file, folder.path() / "0000000000000008.mesh");
    EXPECT_FALSE(store.find(8));
}

TEST_F(MeshStoreTest, TheOldestGoes) {
    const MeshStore store(folder.path());
    for (std::uint64_t i = 0; i < MeshStore::files_max + 5; ++i) {
        store.keep(i, {});
    }
    EXPECT_EQ(files(), MeshStore::files_max);
    EXPECT_TRUE(store.find(MeshStore::files_max + 4));
}

TEST_F(MeshStoreTest, WithoutAFolderNothingIsKept) {
    const MeshStore store({});
    store.keep(7, room);
    EXPECT_FALSE(store.find(7));
}

TEST(ThinningHash, FollowsAllThatThinningLooksAt) {
    Scene scene = haven::testing::box_room();
    const Thinning thinning = thinning_for(512);
    const std::uint64_t was = thinning_hash(scene, thinning);
    EXPECT_EQ(thinning_hash(scene, thinning), was);
    EXPECT_NE(thinning_hash(scene, thinning_for(900)), was);
    scene.exposure *= 1.5F;
    const std::uint64_t brighter = thinning_hash(scene, thinning);
    EXPECT_NE(brighter, was);
    scene.mesh.vertices.front().position_m += glm::vec3(0.001F);
    EXPECT_NE(thinning_hash(scene, thinning), brighter);
}

} // namespace
} // namespace haven::scene
