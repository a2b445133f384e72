package org.dyntrace.jmc.page;

/**
 * The types of JMC's that a page needs.
 *
 * @param factory makes pages
 * @param page a page of one recording
 * @param shown what is on the screen of it
 * @param container the editor of the recording
 * @param model the recording
 */
record JmcTypes(JmcType factory, JmcType page, JmcType shown, JmcType container, JmcType model) {
    /** {@return those of the JMC that this bundle is in} */
    static JmcTypes find() throws ClassNotFoundException {
        return new JmcTypes(
                JmcType.named("IDataPageFactory"),
                JmcType.named("IDisplayablePage"),
                JmcType.named("IPageUI"),
                JmcType.named("IPageContainer"),
                JmcType.named("StreamModel"));
    }
}
