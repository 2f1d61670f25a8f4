# The scripted headset: haven::test_process (programs a test starts), haven::test_monado (Monado's remote driver, motion
# scripts, a runtime of its own) and haven-drive.
haven_library(test_process SOURCES process.cpp)

find_package(CLI11 REQUIRED)
haven_library(test_monado
    SOURCES monado_remote.cpp monado_service.cpp motion_script.cpp motion_script_json.cpp motion_script_player.cpp
    PUBLIC haven::test_process glm::glm
    PRIVATE PkgConfig::yyjson Threads::Threads)
haven_executable(haven-drive SOURCES monado_drive.cpp PRIVATE haven::test_monado CLI11::CLI11 Threads::Threads)

haven_test(unit_monado LABEL unit
    SOURCES monado_remote_test.cpp motion_script_test.cpp process_test.cpp
    PRIVATE haven::test_monado)
