export interface Localized {
  zh: string;
  en: string;
}

/** One text in both languages of the product. */
export function Both({
  label,
  value,
  onChange,
  long = false,
  most = 2000,
  hints,
}: {
  label: string;
  value: Localized;
  onChange: (value: Localized) => void;
  long?: boolean;
  most?: number;
  hints?: Localized | undefined;
}) {
  return (
    <fieldset className="field">
      <legend>{label}</legend>
      <div className="pair grid">
        {(["zh", "en"] as const).map((language) => {
          const props = {
            className: "input",
            lang: language,
            "aria-label": `${label} ${language}`,
            value: value[language],
            placeholder: hints?.[language] ?? (language === "zh" ? "中文" : "English"),
            maxLength: most,
            onChange: (event: { target: { value: string } }) => onChange({ ...value, [language]: event.target.value }),
          };
          return long ? <textarea key={language} rows={3} {...props} /> : <input key={language} {...props} />;
        })}
      </div>
    </fieldset>
  );
}
