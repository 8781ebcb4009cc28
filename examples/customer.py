"""A customer in the terminal: type, read, and type again. The smallest use of the Python client.

    python examples/customer.py http://127.0.0.1:8000 INBOX-KEY

/person asks for a person, /end ends the conversation, Ctrl-D leaves.
"""

import asyncio
import sys

from tongxi.client import WidgetClient


async def show(customer: WidgetClient) -> None:
    """Print what others say, as it arrives."""
    async for event in customer:
        if event.entry and event.entry.by.kind != "customer":
            who = event.entry.by.name or event.entry.by.kind
            mark = " (AI)" if event.entry.by.ai else ""
            print(f"{who}{mark}: {event.entry.text}")
            for source in event.entry.sources:
                print(f"    source: {source['title']}")
        elif event.kind == "disconnected":
            print("… connection lost, coming back")


async def main(url: str, inbox: str) -> None:
    """Talk until the input ends."""
    async with WidgetClient(url, inbox) as customer:
        reader = asyncio.create_task(show(customer))
        print(customer.session["inbox"].get("welcome", ""))
        while line := await asyncio.to_thread(sys.stdin.readline):
            match line.strip():
                case "":
                    continue
                case "/person":
                    await customer.person()
                case "/end":
                    await customer.end()
                case text:
                    await customer.send(text)
        reader.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
