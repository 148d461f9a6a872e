from campus.model import Service
from campus.settings import load
from lab.files import write
from lab.network import Loopback


def test_the_suite_reads_the_settings_that_the_lab_writes(tmp_path, campus):
    settings = load(write(tmp_path, campus, Loopback(7, "as a test"), "a secret"))
    assert settings.credentials["lab"].community.reveal() == "a secret"
    assert {device.id: device.address for device in settings.inventory.devices}["ac-1b"] == "127.64.7.34"
    assert settings.collect.echo == "udp:10007"
    assert [group.members for group in settings.inventory.ha_groups] == [("ac-1a", "ac-1b")]
    assert len(settings.inventory.areas) == 4


def test_the_table_places_every_access_point_where_its_name_says(tmp_path, campus):
    aps = load(write(tmp_path, campus, Loopback(7, ""), "x")).inventory.aps
    names = {ap.serial: ap.name for ap in campus.aps}
    assert all(aps.patterns[0].floor_of(names[row.ap]) == row.floor for row in aps.table)
    services = [row.service for row in aps.table]
    assert (services.count(Service.IN_SERVICE), services.count(Service.PLANNED)) == (60, 8)


def test_the_community_file_is_for_its_owner_alone(tmp_path, campus):
    write(tmp_path, campus, Loopback(7, ""), "x")
    assert (tmp_path / "community").stat().st_mode & 0o077 == 0
