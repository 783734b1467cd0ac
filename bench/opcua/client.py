"""A client of another implementation of OPC UA: what it reads and hears, as one JSON line each."""

import asyncio
import json
import sys

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

URL, CERTIFICATE, KEY, USER, PASSWORD, COUNT = sys.argv[1:7]
OWN = "urn:fanoscope:inspection"
MACHINE_VISION = "http://opcfoundation.org/UA/MachineVision"


def say(**values):
    print(json.dumps(values), flush=True)


async def client_for(user, password):
    client = Client(URL)
    client.application_uri = "urn:guest"
    await client.set_security(
        SecurityPolicyBasic256Sha256,
        certificate=CERTIFICATE,
        private_key=KEY,
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )
    if user is not None:
        client.set_user(user)
        client.set_password(password)
    return client


async def refused(what, user, password):
    client = await client_for(user, password)
    try:
        async with client:
            say(refused=False, what=what)
    except Exception as error:
        say(refused=True, what=what, error=type(error).__name__)


class Events:
    def __init__(self):
        self.heard = []

    def event_notification(self, event):
        self.heard.append(event.Number)
        say(number=event.Number, verdict=event.Verdict, score=event.Score)


async def find_type(node, name):
    for child in await node.get_children(refs=ua.ObjectIds.HasSubtype):
        if (await child.read_browse_name()).Name == name:
            return child
        found = await find_type(child, name)
        if found is not None:
            return found
    return None


async def main():
    await refused("wrong password", USER, PASSWORD + "x")
    await refused("nobody", None, None)
    async with await client_for(USER, PASSWORD) as client:
        own = await client.get_namespace_index(OWN)
        vision = await client.get_namespace_index(MACHINE_VISION)
        line = await client.nodes.objects.get_child(f"{own}:line")
        state = await line.get_child([f"{vision}:VisionStateMachine", "0:CurrentState"])
        say(state=(await state.read_value()).Text)
        events = Events()
        subscription = await client.create_subscription(50, events)
        event_type = await find_type(client.nodes.base_event_type, "InspectionResultEventType")
        await subscription.subscribe_events(client.nodes.server, event_type)
        while len(set(events.heard)) < int(COUNT):
            await asyncio.sleep(0.05)
        newest = await line.get_child([f"{own}:LatestResult", f"{own}:Number"])
        say(newest=await newest.read_value())


asyncio.run(main())
