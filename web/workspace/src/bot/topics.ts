// What a topic code is called: an intent, or the flow of that name.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useTopicNames } from "../api/names";
import { flowsQuery } from "./flows/model";

/** Topic code → its name in the language of the screen; a code nobody knows stays as it is. */
export function useTopics(): (code: string) => string {
  const { i18n } = useTranslation();
  const names = useTopicNames(i18n.language);
  const flows = useQuery({ ...flowsQuery, retry: false });
  return (code) => names[code] ?? flows.data?.find((each) => each.name === code)?.title ?? code;
}
