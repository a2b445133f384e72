package org.dyntrace.jmc.tab;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.dyntrace.jmc.model.Change;
import org.dyntrace.jmc.model.FunctionLocation;
import org.dyntrace.jmc.model.Plan;
import org.dyntrace.jmc.model.ProcessRow;
import org.dyntrace.jmc.model.Rates;
import org.dyntrace.jmc.model.SymbolPages;
import org.dyntrace.mbeans.Location;
import org.dyntrace.mbeans.TargetedTracepoint;
import org.dyntrace.mbeans.TracerSpec;
import org.eclipse.core.runtime.ListenerList;
import org.eclipse.core.runtime.MultiStatus;
import org.eclipse.jface.dialogs.ControlEnableState;
import org.eclipse.jface.dialogs.Dialog;
import org.eclipse.jface.dialogs.ErrorDialog;
import org.eclipse.jface.dialogs.IDialogConstants;
import org.eclipse.jface.dialogs.IconAndMessageDialog;
import org.eclipse.jface.dialogs.InputDialog;
import org.eclipse.jface.dialogs.MessageDialog;
import org.eclipse.jface.dialogs.TitleAreaDialog;
import org.eclipse.jface.dialogs.TrayDialog;
import org.eclipse.jface.layout.GridDataFactory;
import org.eclipse.jface.layout.GridLayoutFactory;
import org.eclipse.jface.layout.LayoutConstants;
import org.eclipse.jface.resource.ImageDescriptor;
import org.eclipse.jface.resource.ImageRegistry;
import org.eclipse.jface.resource.JFaceResources;
import org.eclipse.jface.util.Throttler;
import org.eclipse.jface.widgets.ButtonFactory;
import org.eclipse.jface.widgets.CompositeFactory;
import org.eclipse.jface.window.Window;
import org.eclipse.jface.wizard.ProgressMonitorPart;
import org.eclipse.jface.wizard.Wizard;
import org.eclipse.jface.wizard.WizardDialog;
import org.eclipse.jface.wizard.WizardPage;
import org.eclipse.swt.custom.BusyIndicator;
import org.eclipse.swt.custom.SashForm;
import org.eclipse.swt.layout.FormAttachment;
import org.eclipse.swt.layout.FormLayout;
import org.eclipse.swt.widgets.Combo;
import org.eclipse.swt.widgets.Spinner;
import org.eclipse.swt.widgets.Table;
import org.eclipse.swt.widgets.TableColumn;
import org.eclipse.swt.widgets.TableItem;

/**
 * Reads the classes of the parts and wizards before these are made, on a thread that may wait for a disk: the first wizard has 200 of them, which made
 * the user interface stand still for longer than everything else together.
 */
final class Preload {
    private static final Logger LOG = Logger.getLogger("org.dyntrace.jmc");

    private final List<ImageDescriptor> images;
    private boolean done;

    /** Of a user interface, whose thread this is. */
    Preload() {
        ImageRegistry registry = JFaceResources.getImageRegistry();
        images = List.of(
                registry.getDescriptor(Dialog.DLG_IMG_MESSAGE_ERROR),
                registry.getDescriptor(Dialog.DLG_IMG_MESSAGE_WARNING));
    }

    /** Reads all of it, once. What can't be read in another JMC than this was made for is told by whatever needs it. */
    synchronized void run() {
        if (done) {
            return;
        }
        done = true;
        try {
            read();
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.log(Level.WARNING, "The first wizard will take its time", e);
        }
    }

    private void read() throws ClassNotFoundException {
        for (Class<?> each : ours()) {
            Class.forName(each.getName(), true, Preload.class.getClassLoader());
        }
        // Not initialised, since some look for a display then. To be asked for its methods, a class has to be verified,
        // with what it refers to.
        int methods = theirs().stream()
                .flatMap(each -> Stream.concat(Stream.of(each), Stream.of(each.getDeclaredClasses())))
                .mapToInt(each -> each.getDeclaredMethods().length)
                .sum();
        LOG.log(Level.FINE, "{0} methods of JFace and SWT are ready", methods);
        // What the texts and numbers are made by, and locations are read by; and JFace's own pictures, which are
        // drawings.
        LOG.log(Level.FINE, "{0} {1} {2} {3}", new Object[] {
            Numbers.count(1), Numbers.rate(1.5), Numbers.mebibytes(1), Numbers.time(0)
        });
        LOG.log(Level.FINE, "{0} {1}", new Object[] {Location.parse("a.b(int)"), Location.parse("/a/@b")});
        images.forEach(each -> each.getImageData(100));
    }

    private static List<Class<?>> ours() {
        return List.of(
                ProcessesPart.class,
                ProcessRow.class,
                TracepointsPart.class,
                Rates.class,
                RateChart.class,
                FunctionsPart.class,
                FunctionLocation.class,
                SymbolPages.class,
                RecordingsPart.class,
                RowTable.class,
                RowTable.Column.class,
                Widgets.class,
                Numbers.class,
                Icon.class,
                Errors.class,
                Asking.class,
                Rehearsal.class,
                LatePage.class,
                AddWizard.class,
                AddWizard.Request.class,
                WherePage.class,
                WhatPage.class,
                RecordWizard.class,
                RecordWizard.Request.class,
                Fields.class,
                Paths.class,
                Change.class,
                Plan.class,
                Plan.Place.class,
                TargetedTracepoint.class,
                TracerSpec.Tracer.class);
    }

    private static List<Class<?>> theirs() {
        return List.of(
                SashForm.class,
                Table.class,
                TableColumn.class,
                TableItem.class,
                Combo.class,
                Spinner.class,
                FormLayout.class,
                FormAttachment.class,
                BusyIndicator.class,
                Window.class,
                Dialog.class,
                IDialogConstants.class,
                TrayDialog.class,
                TitleAreaDialog.class,
                IconAndMessageDialog.class,
                MessageDialog.class,
                ErrorDialog.class,
                InputDialog.class,
                Wizard.class,
                WizardPage.class,
                WizardDialog.class,
                ProgressMonitorPart.class,
                ControlEnableState.class,
                GridDataFactory.class,
                GridLayoutFactory.class,
                LayoutConstants.class,
                ButtonFactory.class,
                CompositeFactory.class,
                Throttler.class,
                ListenerList.class,
                MultiStatus.class);
    }
}
