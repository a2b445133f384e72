package org.dyntrace.jmc.page;

import java.text.MessageFormat;
import java.util.ResourceBundle;

/** What the page says, in the language of the user as far as there is a texts file for it. */
enum Text {
    NAME,
    DESCRIPTION,
    COUNTING,
    COUNTING_HINT,
    EMPTY,
    EMPTY_HINT,
    FAILED,
    FUNCTION,
    CALLS,
    MEDIAN,
    P99,
    LONGEST,
    CHART,
    CHART_HINT,
    ALL,
    SOME,
    BUCKET,
    LITTLE,
    LOGARITHMIC;

    private static final ResourceBundle TEXTS = ResourceBundle.getBundle("org.dyntrace.jmc.page.texts");

    /** {@return the text, with its {0} and so on replaced} */
    String of(Object... arguments) {
        return MessageFormat.format(TEXTS.getString(name()), arguments);
    }
}
