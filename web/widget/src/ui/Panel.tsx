// The whole window: header, thread, composer, and what may lie over them.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Guided } from "../../../contract/widget.ts";
import type { Client } from "../live/client.ts";
import { type Outgoing, unread } from "../live/state.ts";
import { Uploads } from "../live/uploads.ts";
import type { Failure, Locale, Shell } from "../shell/shell.ts";
import { isolated, t } from "../text/words.ts";
import { Composer } from "./Composer.tsx";
import { Header } from "./Header.tsx";
import { holderOf } from "./holder.ts";
import type { Shown } from "./Files.tsx";
import { part, useLater } from "./later.ts";
import type { Actions } from "./Message.tsx";
import { QueueCard } from "./Queue.tsx";
import { type Line, Status } from "./Status.tsx";
import { isPhone, keepInside, useKeyboardSpace } from "./screen.ts";
import { Thread } from "./Thread.tsx";

type Over = "menu" | "rating" | "callback" | "message" | null;

const THANKS_MS = 6000;

const overlays = part(() => import("./sheets.ts"));

interface Props {
  shell: Shell;
  client: Client;
  open: boolean;
  locale: Locale;
  onClose(): void;
  onLocale(locale: Locale): void;
}

export function Panel({ shell, client, open, locale, onClose, onLocale }: Props) {
  const [, redraw] = useState(0);
  const [over, setOver] = useState<Over>(null);
  const [zoomed, setZoomed] = useState<Shown | null>(null);
  const [text, setText] = useState(() => client.storage.draft);
  const [asking, setAsking] = useState(false);
  const [line, setLine] = useState<Line | null>(null);
  const [large, setLarge] = useState(() => client.storage.flag("large"));
  const [dragging, setDragging] = useState(false);
  const [optOut, setOptOut] = useState(shell.session().browsing_opt_out);
  const [feedback] = useState(() => new Map<number, boolean>());
  const [uploads] = useState(() => new Uploads(shell, () => redraw((n) => n + 1)));
  const box = useRef<HTMLElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    const stop = client.watch(() => redraw((n) => n + 1));
    // What came between the first drawing and now.
    redraw((n) => n + 1);
    return stop;
  }, [client]);

  const { talk } = client;
  const locked = shell.session().inbox.enforce_identity && !shell.session().contact.verified;
  const { view } = talk;
  const session = shell.session();
  const kind = holderOf(view);
  const page = shell.config.mode === "page";

  const write = (value: string): void => {
    setText(value);
    client.storage.draft = value;
    client.typing(value !== "");
  };
  const attempt = async (work: Promise<unknown>): Promise<void> => {
    setLine(null);
    try {
      await work;
    } catch (error) {
      const { code } = error as Failure;
      setLine({ text: t(code === "identity_required" ? "failed.identity_required" : "error.try"), bad: true });
    }
  };
  const send = (): void => {
    client.send(text.trim(), uploads.take());
    write("");
    setLine(null);
    field.current?.focus();
  };
  const askingNow = useRef(false);
  const ask = (now: boolean): void => {
    askingNow.current = now;
    setAsking(now);
  };
  const person = (): void => {
    if (askingNow.current) return;
    ask(true);
    void attempt(client.person(t("person"))).finally(() => ask(false));
  };
  const edit = (message: Outgoing): void => {
    client.discard(message.id);
    write(message.text);
    field.current?.focus();
  };
  const editLast = (): void => {
    const last = talk.outbox.at(-1);
    if (last && !last.attachments.length) edit(last);
  };

  // Opened: into the field with a keyboard at hand; on touch screens the keyboard stays down.
  useEffect(() => {
    if (!open) return;
    if (matchMedia("(pointer: coarse)").matches) box.current?.focus({ preventScroll: true });
    else field.current?.focus({ preventScroll: true });
  }, [open]);

  // Seen means: the window is open, and the customer looks at this tab.
  useEffect(() => {
    const look = (): void => {
      if (open && document.visibilityState === "visible") client.seen();
      shell.setUnread(unread(client.talk));
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [open, talk]);

  useEffect(() => {
    if (!line || line.bad) return;
    const timer = setTimeout(() => setLine(null), THANKS_MS);
    return () => clearTimeout(timer);
  }, [line]);

  useEffect(() => {
    if (talk.link === "online") uploads.retryLost();
  }, [talk.link]);
  useEffect(() => shell.setHolder(kind), [kind]);
  useEffect(() => ask(false), [view?.epoch]);

  // Ask once an episode, and never over a sentence that is being written.
  const invited = Boolean(view?.rating.invited && !view.rating.given && kind === "nobody");
  const episode = view ? `${view.id}/${view.episode}` : "";
  useEffect(() => {
    if (invited && open && !text && client.storage.asked !== episode) {
      client.storage.asked = episode;
      setOver("rating");
    }
    if (!invited) setOver((it) => (it === "rating" ? null : it));
  }, [invited, open, episode]);
  useEffect(() => {
    // A person is there: no form between the two.
    if (kind === "agent") setOver((it) => (it === "callback" || it === "message" ? null : it));
  }, [kind]);

  const sheets = useLater(overlays, over !== null || zoomed !== null, () => {
    setOver(null);
    setZoomed(null);
    setLine({ text: t("error.try"), bad: true });
  });
  // Who is in a conversation will be asked how it was, perhaps without a connection.
  const talking = view !== null;
  useEffect(() => {
    if (talking && open) overlays.fetch().catch(() => undefined);
  }, [talking, open]);

  useKeyboardSpace(box, open);

  // Nothing in here changes with what is on the screen.
  const [actions] = useState<Actions>(() => ({
    url: (path) => new URL(path, shell.config.base).href,
    quickReply: (id, label) => client.send(label, [], id),
    say: (said) => client.send(said),
    person,
    feedback(seq, helpful) {
      feedback.set(seq, helpful);
      client.feedback(seq, helpful);
      redraw((n) => n + 1);
    },
    given: (seq) => feedback.get(seq),
    leave: setOver,
    zoom: setZoomed,
    retry: (id) => client.retry(id),
    discard: (id) => client.discard(id),
    edit,
  }));

  const waiting = open ? 0 : unread(talk);
  const panel = (
    <section
      ref={box}
      class={large ? "panel large" : "panel"}
      role="dialog"
      aria-modal={!page && isPhone()}
      aria-label={t("dialog", { shop: session.inbox.name })}
      tabIndex={-1}
      hidden={!open}
      // A file may be dropped anywhere on the window; the button beside the field does the same.
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        setDragging(!locked);
      }}
      onDragLeave={(event) => {
        if (!box.current?.contains(event.relatedTarget as Node | null)) setDragging(false);
      }}
      onDrop={(event) => {
        if (!event.dataTransfer?.files.length) return;
        event.preventDefault();
        setDragging(false);
        if (!locked) uploads.add(event.dataTransfer.files);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !page) {
          event.stopPropagation();
          onClose();
        } else if (event.key === "Tab" && !page && isPhone()) {
          keepInside(box.current, event);
        }
      }}
    >
      <button type="button" class="skip" onClick={() => field.current?.focus()}>
        {t("skip")}
      </button>
      <Header
        session={session}
        view={view}
        asking={asking}
        canMinimise={!page}
        onPerson={person}
        onBot={() => void attempt(client.bot())}
        onMenu={() => setOver("menu")}
        onMinimise={onClose}
      />
      <Status client={client} page={page} line={locked ? { text: t("failed.identity_required"), bad: true } : line} />
      <Thread
        talk={talk}
        inbox={session.inbox}
        actions={actions}
        open={open}
        locked={locked}
        onGuided={(question: Guided) => client.send(question.text || question.label, [], question.id)}
        onOlder={() => void client.older()}
      >
        {kind === "queue" && view && (
          <QueueCard view={view} onCallback={() => setOver("callback")} onMessage={() => setOver("message")} />
        )}
        {invited && over !== "rating" && (
          <div class="qs centre">
            <button type="button" class="q" onClick={() => setOver("rating")}>
              {t("menu.rate")}
            </button>
          </div>
        )}
      </Thread>
      <Composer
        field={field}
        text={text}
        placeholder={locked ? t("write.locked") : t(`write.${kind}`, { name: isolated(view?.holder.name) })}
        uploads={uploads}
        locked={locked}
        over={dragging}
        notice={t(
          kind === "bot"
            ? "ai.notice"
            : kind === "queue"
              ? "queue.notice"
              : kind === "agent"
                ? "human.notice"
                : "ended.notice",
        )}
        onText={write}
        onSend={send}
        onEditLast={editLast}
      />
      {sheets && over === "menu" && (
        <sheets.Menu
          locale={locale}
          locales={shell.locales()}
          large={large}
          optOut={shell.config.browsing && !locked ? optOut : null}
          canEnd={view !== null && kind !== "nobody"}
          canRate={invited}
          onLocale={onLocale}
          onLarge={(on) => {
            setLarge(on);
            client.storage.setFlag("large", on);
          }}
          onPlain={() => {
            setLarge(true);
            client.storage.setFlag("large", true);
            client.send(t("menu.plain.say"));
            setOver(null);
          }}
          onOptOut={async (out) => {
            await shell.request("PUT", "browsing", { opt_out: out });
            shell.session().browsing_opt_out = out;
            setOptOut(out);
          }}
          onEnd={() => client.end()}
          onRate={() => setOver("rating")}
          // After "end" the rating may have come first.
          onClose={() => setOver((it) => (it === "menu" ? null : it))}
        />
      )}
      {sheets && over === "rating" && view && (
        <sheets.RatingSheet
          view={view}
          withPerson={talk.entries.some((it) => it.by.kind === "agent")}
          rate={(rating) => client.rate(rating)}
          onDone={(carryOn) => {
            client.rated();
            setOver(null);
            setLine({ text: t(carryOn ? "rate.reopen" : "rate.thanks"), bad: false });
            if (carryOn) setTimeout(() => field.current?.focus());
          }}
          onClose={() => setOver(null)}
        />
      )}
      {sheets && (over === "callback" || over === "message") && view && (
        <sheets.FollowUpSheet
          kind={over}
          conversation={view.id}
          send={(request) => client.followUp(request)}
          onClose={() => setOver(null)}
        />
      )}
      {sheets && zoomed && (
        <sheets.Lightbox image={zoomed} url={actions.url(zoomed.url)} onClose={() => setZoomed(null)} />
      )}
    </section>
  );
  return (
    <>
      {panel}
      <p class="sr" role="status">
        {waiting > 0 && (waiting === 1 ? t("unread.one") : t("unread.many", { n: waiting }))}
      </p>
    </>
  );
}
